export function number(value: number): string
export function count(amount: number, noun: string, nouns?: string): string
export function duration(ms: number): string
export function ago(ms: number): string
export function until(ms: number): string
export function left(ms: number): string
export function exactTime(at: number): string
export function pace(intervalMs: number | null): string
export function slackText(text: string): string
export function plain(text: string): string
