/**
 * Text that came from outside cannot act on a terminal: no escape sequence, no forged line, no reversed reading
 * direction. Both functions take a line of JSON, where C0 controls are escapes already, and keep it valid JSON.
 */

/**
 * DEL and the C1 controls (0x9B begins an escape sequence in many terminals), the line and paragraph separators,
 * and the marks that change reading direction (https://www.unicode.org/reports/tr9/): JSON leaves them bare.
 */
const BARE_CONTROLS = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

const JSON_ESCAPES = /\\(?:u[0-9a-fA-F]{4}|["\\/bfnrt])/g

/** The same data, with every control as a JSON escape. */
export function escapeControls(jsonLine: string): string {
  return jsonLine.replace(
    BARE_CONTROLS,
    (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/**
 * The line with each control as visible text (`\u001b`, `\n`), so that it stays harmless after parsing. Takes
 * what escapeControls gave.
 */
export function showControls(jsonLine: string): string {
  return jsonLine.replace(JSON_ESCAPES, (found) =>
    found === '\\"' || found === '\\\\' ? found : `\\${found}`,
  )
}
