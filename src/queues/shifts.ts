/** Whose hours it is. Hours only begin and end a shift: who signs in outside of them works until they change the next time. */
import type { Config } from '../config/schema.ts'
import { isOpen } from '../model/business-hours.ts'

export class Shifts {
  /** Whether the hours were open when last looked at; who has none is missing. */
  #open = new Map<string, boolean>()
  #overtime = new Set<string>()

  isOn(person: string): boolean {
    return (this.#open.get(person) ?? true) || this.#overtime.has(person)
  }

  worksOvertime(person: string): void {
    this.#overtime.add(person)
  }

  /** The people whose shift has begun or ended since the last look. */
  look({ people, hours, company }: Config, now: number): { person: string; open: boolean }[] {
    return Object.entries(people).flatMap(([person, { hours: name }]) => {
      const times = name === undefined ? undefined : hours[name]
      const open = times ? isOpen(times, times.closedDays, company.timezone, now) : true
      if (open === (this.#open.get(person) ?? true)) return []
      this.#open.set(person, open)
      this.#overtime.delete(person)
      return [{ person, open }]
    })
  }
}
