/** What stands in the pictures. */
import { defineMessages } from '../../runtime/i18n.ts'

export const chartWord = defineMessages({
  en: {
    'heat-map': 'When people call',
    'days': 'Service level day by day',
    'waits': 'How long callers waited',
    'received': 'Calls',
    'answered': 'Answered',
    'lost': 'Lost',
    'goal-reached': 'Goal of {goal} reached',
    'goal-missed': 'missed',
    'threshold': 'threshold: {span}',
    'longer': 'longer',
  },
  ru: {
    'heat-map': 'Когда звонят',
    'days': 'Уровень сервиса по дням',
    'waits': 'Сколько ждали звонящие',
    'received': 'Звонки',
    'answered': 'Отвечено',
    'lost': 'Потеряно',
    'goal-reached': 'Цель {goal} достигнута',
    'goal-missed': 'не достигнута',
    'threshold': 'порог: {span}',
    'longer': 'дольше',
  },
})
