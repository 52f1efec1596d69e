/** What the pages of a case look like: one column, large buttons, no script. Every value is escaped. */
import { defineMessages, type Language } from '../runtime/i18n.ts'
import type { CaseDeed, ShownCase } from './case-pages.ts'

export type CasePage =
  | { kind: 'ask' | 'told' | 'too-late'; deed: CaseDeed; shown: ShownCase }
  | { kind: 'no-entry'; why: 'invalid' | 'expired' }

const say = defineMessages({
  en: {
    'title': 'Call of {who}',
    'line': 'Line',
    'since': 'Waiting since',
    'count': 'Calls',
    'state': 'State',
    'open': 'nobody has taken it',
    'taken': 'taken by {by}',
    'mine': 'taken by you',
    'closed': 'closed',
    'ask-take': 'You will call back, and the others see it. Do you take it?',
    'ask-done': 'Has the caller been spoken with, or is nothing left to do? The case is closed then.',
    'button-take': 'I take it',
    'button-done': 'Done',
    'note': 'Note (if you like)',
    'call': 'Call',
    'told-take': 'It is yours.',
    'told-done': 'Closed. Everybody who was told of this call hears of it.',
    'too-late-take': 'Somebody was quicker.',
    'too-late-done': 'It had been closed already.',
    'invalid': 'This link does not work.',
    'expired': 'This link is too old. The call stands in the open list.',
  },
  ru: {
    'title': 'Звонок: {who}',
    'line': 'Линия',
    'since': 'Ждёт с',
    'count': 'Звонков',
    'state': 'Состояние',
    'open': 'никто не взял',
    'taken': 'взял(а) {by}',
    'mine': 'за вами',
    'closed': 'закрыт',
    'ask-take': 'Перезвоните вы, и остальные это увидят. Берёте?',
    'ask-done': 'С клиентом поговорили, или делать больше нечего? Звонок будет закрыт.',
    'button-take': 'Беру',
    'button-done': 'Готово',
    'note': 'Заметка (если нужна)',
    'call': 'Позвонить',
    'told-take': 'Звонок за вами.',
    'told-done': 'Закрыто. Все, кому сообщали об этом звонке, узнают об этом.',
    'too-late-take': 'Кто-то успел раньше.',
    'too-late-done': 'Звонок уже закрыт.',
    'invalid': 'Эта ссылка не работает.',
    'expired': 'Эта ссылка устарела. Звонок остаётся в списке открытых.',
  },
})

export function casePage(page: CasePage, language: Language): string {
  if (page.kind === 'no-entry')
    return html(language, 'Perezvon', `<p class="say">${escape(say(language, page.why))}</p>`)
  const { deed, shown, kind } = page
  const title = say(language, 'title', { who: shown.who })
  const words = say(language, `${kind}-${deed}`)
  const asks = kind === 'ask' && askable(deed, shown)
  const body = [
    `<h1>${escape(title)}</h1>`,
    facts(shown, language),
    kind === 'ask' && !asks ? '' : `<p class="say">${escape(words)}</p>`,
    asks ? form(deed, language) : '',
    shown.call && shown.state.kind !== 'closed' ? link(shown.call, say(language, 'call')) : '',
  ]
  return html(language, title, body.join('\n'))
}

/** One's own case need not be taken again, and a closed one is closed. */
function askable(deed: CaseDeed, { state }: ShownCase): boolean {
  return state.kind !== 'closed' && (deed === 'done' || state.kind === 'open')
}

function facts({ line, since, count, state }: ShownCase, language: Language): string {
  const stateText =
    state.kind === 'taken'
      ? say(language, state.mine ? 'mine' : 'taken', { by: state.by })
      : say(language, state.kind === 'open' ? 'open' : 'closed')
  const rows = [
    ['line', line],
    ['since', since],
    ['count', String(count)],
    ['state', stateText],
  ] as const
  return `<dl>${rows.map(([id, text]) => `<dt>${escape(say(language, id))}</dt><dd>${escape(text)}</dd>`).join('')}</dl>`
}

/** Without an action it goes to the address it came from, below whatever path a proxy has put us. */
function form(deed: CaseDeed, language: Language): string {
  const note =
    deed === 'done'
      ? `<label for="note">${escape(say(language, 'note'))}</label><textarea id="note" name="note" rows="2" maxlength="500"></textarea>`
      : ''
  return `<form method="post">${note}<button type="submit">${escape(say(language, `button-${deed}`))}</button></form>`
}

function link(href: string, text: string): string {
  return `<p><a class="call" href="${escape(href)}">${escape(text)}</a></p>`
}

function html(language: Language, title: string, body: string): string {
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escape(title)}</title>
<link rel="stylesheet" href="../style.css">
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`
}

export function escape(text: string): string {
  const signs: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
  return text.replace(/[&<>"']/g, (sign) => signs[sign]!)
}

export const STYLE = `:root { color-scheme: light dark; font: 17px/1.5 system-ui, sans-serif; }
body { margin: 0; background: Canvas; color: CanvasText; }
main { max-width: 34rem; margin: 0 auto; padding: 1.25rem; }
h1 { font-size: 1.35rem; line-height: 1.3; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .35rem 1rem; }
dt { opacity: .7; }
dd { margin: 0; overflow-wrap: anywhere; }
.say { font-weight: 600; }
label { display: block; }
textarea { box-sizing: border-box; width: 100%; margin: .25rem 0 1rem; padding: .5rem; font: inherit; }
button, .call { display: block; box-sizing: border-box; width: 100%; padding: .9rem; border: 0; border-radius: .5rem; font: inherit; font-weight: 600; text-align: center; text-decoration: none; }
button { background: #0b5cad; color: #fff; cursor: pointer; }
.call { border: 1px solid #0b5cad; color: inherit; }
`
