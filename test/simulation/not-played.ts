/**
 * Points to which no played day comes: starts, and what the small company does not do: imports, test calls, recorded talks, weekly mails.
 * Orders and meetings are played, but their rows come from the command line, another process: the daemon only reads and answers them.
 * Who dies there is test/crash's; that somebody does: test/crash/effects/somewhere.
 */
export const NOT_PLAYED =
  /^(config|import|migration|journal\.(before|after))|channels.(ring|setChannelVar)|recordings.(deleteStored|stop)|journal.report.due|store.(insert-Campaign|(insert|delete)-Contact|delete-DoNotCall|(insert|delete)-Meeting|insert-OperatorOrder|update-TalkRecording|insert-TestCall)/
