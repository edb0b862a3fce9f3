import { mount } from "svelte";
import App from "./App.svelte";
import { restoreTheme } from "./parts/theme.svelte";
import "./style.css";

restoreTheme();
const target = document.getElementById("page");
if (target) mount(App, { target });
