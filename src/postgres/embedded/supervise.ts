/**
 * Runs postgres (its arguments) and stops it when standard input ends. That is a pipe from us, so it ends when we die,
 * whatever we die of. Signals to the whole group of processes, as Ctrl-C and service managers send them, must not stop
 * the database before its server is done with it: it is told by the pipe alone.
 */
export const SUPERVISE = `
exec 3<&0
"$@" </dev/null 3<&- & P=$!
trap '' INT TERM HUP
(
  cd /
  while read -r _ <&3; do :; done
  kill -INT $P
  for _ in 1 2 3 4 5 6 7 8 9 10; do kill -0 $P && sleep 1; done
  kill -QUIT $P
) >/dev/null 2>&1 & W=$!
exec 3<&-
wait $P
S=$?
kill -KILL $W
exit $S
`;

/** How long the script gives PostgreSQL to stop in order before it stops it at once, which costs the next start a recovery. */
export const SUPERVISED_STOP_MS = 10_000;
