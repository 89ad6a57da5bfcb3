/**
 * `npm run chaos:points -- --story NAME --stride N --offset N --slice I/N`: every call of every story, with every strike;
 * a slice is the I-th of N parts of a story's calls, so that several processes share a long one.
 */
import { parseArgs } from 'node:util'
import { alignStory } from './align-story.ts'
import { pointsOf, runCalm, runPoint } from './crash-points.ts'
import { deskStories } from './desk-stories.ts'
import { lifeDeskStories, lifeStories } from './life-stories.ts'
import { pointStories } from './point-stories.ts'

const { values } = parseArgs({
  options: {
    story: { type: 'string', default: '' },
    stride: { type: 'string', default: '1' },
    offset: { type: 'string', default: '0' },
    slice: { type: 'string', default: '1/1' },
  },
})

const [part = 1, parts = 1] = values.slice.split('/').map(Number)

let runs = 0
let broken = 0
for (const story of [...deskStories, ...lifeDeskStories, ...pointStories, ...lifeStories, alignStory].filter(
  ({ name }) => name.includes(values.story),
)) {
  const began = performance.now()
  const calm = await runCalm(story)
  const all = pointsOf(calm, Number(values.stride), Number(values.offset))
  const points = all.slice(Math.floor((all.length * (part - 1)) / parts), Math.floor((all.length * part) / parts))
  let ofStory = 0
  for (const point of points) {
    const result = await runPoint(story, calm, point)
    if (result.broken.length === 0) continue
    ofStory++
    console.log(`${story.name}, call ${point.call} ${result.name}, ${point.strike}:`)
    for (const line of result.broken) console.log(`  ${line}`)
  }
  runs += points.length
  broken += ofStory
  const took = Math.round((performance.now() - began) / 1_000)
  console.log(
    `${story.name}: ${calm.calls.length - calm.from} calls, ${points.length} runs, ${ofStory} broken, ${took} s`,
  )
}
console.log(`${runs - broken} kept, ${broken} broken`)
process.exitCode = broken > 0 || runs === 0 ? 1 : 0
