/** Numbers one behind another, in memory that grows as they come. */
export class Column {
  private numbers: Float64Array;
  private used = 0;

  constructor(room = 1024) {
    this.numbers = new Float64Array(room);
  }

  get length(): number {
    return this.used;
  }

  push(value: number): void {
    if (this.used === this.numbers.length) this.grow();
    this.numbers[this.used] = value;
    this.used += 1;
  }

  /** The number at a place; 0 beyond the last. */
  at(place: number): number {
    return place < this.used ? (this.numbers[place] ?? 0) : 0;
  }

  /** How many of the numbers, which must rise, are not above a value. */
  upTo(value: number): number {
    let [low, high] = [0, this.used];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.at(middle) <= value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private grow(): void {
    const larger = new Float64Array(this.numbers.length * 2);
    larger.set(this.numbers);
    this.numbers = larger;
  }
}
