/** Does something soon, and once for all who asked for it meanwhile: a page is not drawn for every step of a night. */
export class Soon {
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly what: () => void,
    private readonly afterMs: number,
  ) {}

  ask(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.what();
    }, this.afterMs);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
