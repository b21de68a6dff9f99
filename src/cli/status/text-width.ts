/** Columns of a terminal that text takes: wide characters take two, marks on the one before none. */
export function widthOf(text: string): number {
  let columns = 0
  for (const char of text) columns += charWidth(char)
  return columns
}

/** The text in no more columns than these; where something is left out, it ends with a dot of three. */
export function cutToWidth(text: string, columns: number): string {
  if (text.length <= columns && isNarrow(text)) return text
  if (widthOf(text) <= columns) return text
  let kept = ''
  let used = 0
  for (const char of text) {
    used += charWidth(char)
    if (used > columns - 1) break
    kept += char
  }
  return columns > 0 ? `${kept}…` : ''
}

export function padTo(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - widthOf(text)))
}

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f000}-\u{1faff}]|[\u{20000}-\u{3fffd}]/u
const PICTURE = /\p{Emoji_Presentation}/u
const MARK = /[\p{Mn}\p{Me}\p{Cf}]/u

function charWidth(char: string): number {
  if (isNarrow(char)) return 1
  if (MARK.test(char)) return 0
  return WIDE.test(char) || PICTURE.test(char) ? 2 : 1
}

function isNarrow(text: string): boolean {
  return /^[\u0020-\u007e]*$/.test(text)
}
