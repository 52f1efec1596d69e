/** What the weekly mail says around its tables and pictures. */
import { defineMessages } from '../../runtime/i18n.ts'

export const weeklyWord = defineMessages({
  en: {
    'subject': '{company}: the week of {days}',
    'title': 'The week of {days}',
    'before': 'the week before: {before}',
    'busiest': 'Most calls: {when}, {received}.',
    'worst': 'Most lost: {when}, {lost} of {received}.',
    'none-lost': 'Nobody was lost.',
    'at': '{day} {hour}',
    'alt-heat-map': 'Calls and lost calls by weekday and hour. {busiest} {worst}',
    'alt-days': 'Service level by day: {days}',
    'alt-waits': 'How long callers waited, answered and lost; the numbers are in the text part of this mail',
    'footer':
      'Perezvon sends this mail on the order of «reports: weekly» in the configuration of {company}. What each figure means: perezvon report all --explain',
  },
  ru: {
    'subject': '{company}: неделя {days}',
    'title': 'Неделя {days}',
    'before': 'неделей раньше: {before}',
    'busiest': 'Больше всего звонков: {when}, {received}.',
    'worst': 'Больше всего потерь: {when}, {lost} из {received}.',
    'none-lost': 'Не потерян никто.',
    'at': '{day} {hour}',
    'alt-heat-map': 'Звонки и потери по дням недели и часам. {busiest} {worst}',
    'alt-days': 'Уровень сервиса по дням: {days}',
    'alt-waits': 'Сколько ждали звонящие, отвеченные и потерянные; числа — в текстовой части письма',
    'footer':
      'Перезвон шлёт это письмо по настройке «reports: weekly» компании {company}. Что значит каждый показатель: perezvon report all --explain',
  },
})
