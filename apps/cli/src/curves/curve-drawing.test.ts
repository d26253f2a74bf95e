import picocolors from 'picocolors'
import { describe, expect, it } from 'vitest'
import { drawCurves } from './curve-drawing.ts'

const plain = { width: 40, colours: picocolors.createColors(false) }
const steps = Array.from({ length: 50 }, (_, index) => index + 1)
const falling = { label: 'sgd', steps, values: steps.map((step) => 1 / step) }
const rising = { label: 'adam', steps, values: steps.map((step) => step / 50) }

describe('drawCurves', () => {
  it('keeps to the width and labels both axes', () => {
    const lines = drawCurves([falling], plain).trimEnd().split('\n')
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(plain.width)
    expect(lines[0]).toMatch(/^ +1\.00 ┤╮$/)
    expect(lines.at(-2)).toMatch(/^ +step 1 +25 +50$/)
    expect(lines.at(-1)).toBe('  ─ sgd')
  })

  it('tells curves apart by letters where there are no colours', () => {
    const drawing = drawCurves([falling, rising], plain)
    expect(drawing).toContain('  a sgd  b adam\n')
    expect(drawing.split('\n')[0]).toMatch(/┤a.*b$/)
  })

  it('uses colours, not letters, where there are colours', () => {
    const colours = picocolors.createColors(true)
    expect(drawCurves([falling, rising], { width: 40, colours })).toContain(`${colours.yellow('─')} adam`)
  })

  it('says where a curve stops being a number', () => {
    const values = [1, 2, Number.NaN]
    expect(drawCurves([{ label: 'sgd', steps: [1, 2, 3], values }], plain)).toContain('sgd (NaN at step 3)')
  })

  it('cuts an explosion off and says so', () => {
    const exploding = { label: 'sgd', steps, values: steps.map((step) => (step < 50 ? 1 : 1e30)) }
    expect(drawCurves([exploding], plain)).toContain('(above 5.00: cut off)')
  })

  it('draws a constant, a single point and nothing', () => {
    expect(drawCurves([{ label: 'a', steps: [1, 2], values: [3, 3] }], plain)).toContain('3.00 ┤──')
    expect(drawCurves([{ label: 'a', steps: [1], values: [3] }], plain)).toContain('──')
    expect(drawCurves([], plain)).toBe('nothing recorded yet\n')
  })
})
