/** Reads Markdown and source text as far as checking the docs takes it. */

/** Targets of links that lead nowhere. `anchors` answers a page's headings, undefined when there is no such file; '' is the page itself. */
export function brokenLinks(text: string, anchors: (path: string) => ReadonlySet<string> | undefined): string[] {
  return linksOf(text).filter((link) => {
    const [path = '', anchor] = link.split('#')
    const known = anchors(path)
    return known === undefined || (anchor !== undefined && !known.has(anchor))
  })
}

const linksOf = (text: string): string[] =>
  [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/i.test(link))

const withoutCode = (text: string): string => text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '``')

/** Of headings, as GitHub makes them. */
export const anchorsOf = (text: string): ReadonlySet<string> =>
  new Set(
    [...text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .trim()
        .replaceAll(' ', '-'),
    ),
  )

/** The words of `export type <name> = 'a' | 'b'`, without those of unions it names. */
export function codesOf(source: string, name: string): string[] {
  const union = new RegExp(`^export type ${name} =((?:.*\\n)(?:  .*\\n)*)`, 'm').exec(source)?.[1] ?? ''
  return [...union.replace(/\/\/.*$/gm, '').matchAll(/'([^']+)'/g)].map(([, code = '']) => code)
}

/** Codes that no page shows as code, alone or first in a listing such as `a`, `b`. */
export const uncoded = (codes: readonly string[], text: string): string[] =>
  codes.filter((code) => !text.includes(`\`${code}\``) && !text.includes(`**${code}**`))

/** Names of the npm scripts a text tells to run. */
export const commandsOf = (text: string): string[] =>
  [...text.matchAll(/npm (?:run (?:--silent )?([\w:-]+)|(test|start)\b)/g)].map(([, run, short]) => run ?? short ?? '')

export const packagesMissing = (names: readonly string[], text: string): string[] =>
  names.filter((name) => !text.includes(`\`${name}\``))
