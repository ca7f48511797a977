/** `1 window`, `2 windows`. */
export const many = (count: number, one: string, other: string): string => `${count} ${count === 1 ? one : other}`;
