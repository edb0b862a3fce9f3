import type { shell as english } from "../en/shell";

export const shell: Readonly<Record<keyof typeof english, string>> = {
  "nav.results": "Resultados",
  "nav.timeline": "Cronología",
  "nav.verify": "Verificar",
  "nav.log": "Registro",
  "nav.label": "Páginas",
  "nav.skip": "Ir al contenido",
  "shell.language": "Idioma",
  "shell.theme": "Tema",
  "shell.theme.system": "Como el sistema",
  "shell.theme.light": "Claro",
  "shell.theme.dark": "Oscuro",
  "shell.rehearsal": "ENSAYO: nada en esta página es un resultado real.",
  "shell.archive": "Archivo: resultados publicados de una noche pasada, registrados después.",
  "shell.loading": "Cargando …",
  "shell.nowhere": "Esta página no existe.",
  "shell.nowhere.what": "Compruebe la dirección, o empiece por los resultados.",
  "shell.problem": "Esto no se pudo mostrar",
  "shell.problem.code": "Código: {code}",
  "shell.again": "Intentar de nuevo",
  "shell.notLoaded": "El servidor no responde y esta página aún no se ha cargado. Inténtelo de nuevo cuando responda.",
  "shell.broken":
    "Esta página se interrumpió por algo que recibió y no puede mostrar: {why}. Las cifras se pueden obtener con la línea de órdenes.",
  "shell.keptBack": "Reservado hasta su publicación",
  "shell.keptBack.what":
    "Esta contienda hace públicos los contenidos con la publicación que los incluye. Sus huellas y pruebas ya son públicas, de modo que nada puede cambiarse hasta entonces.",
  "shell.footer":
    "Cada cifra se calcula a partir de un registro que cualquiera puede verificar. Nada en esta página se carga de otro servidor.",
  "live.connecting": "Conectando …",
  "live.live": "En vivo",
  "live.lost": "Conexión perdida: las cifras son de las {time}; se intenta de nuevo",
  "live.refused": "El servidor ya no responde a esto: {message}",
  "live.still": "Un momento pasado: esto no cambia",
  "live.heard": "Último cambio {time}",
  "live.size": "{size} entradas",
};
