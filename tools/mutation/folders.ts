/** What is mutated, and which tests judge it. */
export type Folder = {
  /** Below src/lib. */
  readonly name: 'machine' | 'planning' | 'runbooks' | 'execution'
  /** Globs: the unit tests of the folder itself and no others, so that a folder cannot live on its neighbours' tests. */
  readonly tests: readonly string[]
  /** Slower ones, asked only about what survived the others. */
  readonly stories?: readonly string[]
}

const unitTestsOf = (name: string) => [`test/unit/${name}/**/*.test.ts`]

export const folders: readonly Folder[] = [
  { name: 'machine', tests: unitTestsOf('machine') },
  {
    name: 'planning',
    tests: ['test/unit/planning/**/!(content).test.ts'],
    // Its properties take as long as all the others.
    stories: ['test/unit/planning/content.test.ts'],
  },
  { name: 'runbooks', tests: unitTestsOf('runbooks') },
  { name: 'execution', tests: unitTestsOf('execution') },
]
