/**
 * `snakecase`, `kebabcase` and `titlecase`. FQL's authors document each by one example (`test string` becomes
 * `test_string`, `test-string`, `Test String`) and no more. Here words are lower case, and end at whatever is no
 * letter or digit and where a capital follows a small letter or a digit: `orderCompleted`, `Order Completed` and
 * `order-completed` are the same words.
 */

export function snakeCase(text: string): string {
  return wordsOf(text).join('_')
}

export function kebabCase(text: string): string {
  return wordsOf(text).join('-')
}

export function titleCase(text: string): string {
  return wordsOf(text).map(capitalize).join(' ')
}

function wordsOf(text: string): string[] {
  const spaced = text.replace(/(?<=[\p{Ll}\p{N}])(?=\p{Lu})/gu, ' ')
  return (spaced.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []).map((word) => word.toLowerCase())
}

function capitalize(word: string): string {
  return word.replace(/^./u, (first) => first.toUpperCase())
}
