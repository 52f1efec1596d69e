/** What was answered in campaigns. Pure. */
import type { Config } from '../config/schema.ts'
import type { AnswerCount } from '../store/reports/surveys.ts'
import type { ReportContext } from './context.ts'
import { reportWord } from './labels.ts'
import { grouped, share, type Table } from './table.ts'

/** A question whose answers are numbers gets their mean in the row of the first. */
export function answerTable({ config, language }: ReportContext, answers: readonly AnswerCount[]): Table {
  const questions = grouped(answers, ({ campaign, question }) => `${campaign}\n${question}`)
  const rows = [...questions.values()].flatMap((of) => {
    const all = of.reduce((sum, { contacts }) => sum + contacts, 0)
    const mean = meanScore(of)
    return of.map(({ campaign, question, answer, contacts }, place) => ({
      campaign: campaignName(config, campaign),
      question,
      answer: answer === '' ? reportWord(language, 'answer-none') : answer,
      contacts,
      part: share(contacts, all),
      score_avg: place === 0 ? mean : null,
    }))
  })
  return {
    id: 'survey',
    columns: ['campaign', 'question', 'answer', 'contacts', 'part', 'score_avg'],
    rows,
    total: null,
  }
}

/** Null when one of the answers is a word. */
function meanScore(answers: readonly AnswerCount[]): number | null {
  let [sum, count] = [0, 0]
  for (const { answer, contacts } of answers) {
    if (!/^-?\d+([.,]\d+)?$/.test(answer)) return null
    sum += Number(answer.replace(',', '.')) * contacts
    count += contacts
  }
  return count > 0 ? sum / count : null
}

/** `word`: what a status is called. */
export function contactTable(
  { config }: ReportContext,
  counts: readonly { campaign: string; status: string; contacts: number }[],
  word: (status: string) => string,
): Table {
  const all = new Map<string, number>()
  for (const { campaign, contacts } of counts) all.set(campaign, (all.get(campaign) ?? 0) + contacts)
  return {
    id: 'contacts',
    columns: ['campaign', 'status', 'contacts', 'part'],
    rows: counts.map(({ campaign, status, contacts }) => ({
      campaign: campaignName(config, campaign),
      status: word(status),
      contacts,
      part: share(contacts, all.get(campaign) ?? 0),
    })),
    total: null,
  }
}

function campaignName(config: Config, key: string): string {
  return Object.hasOwn(config.campaigns, key) ? config.campaigns[key]!.name : key
}
