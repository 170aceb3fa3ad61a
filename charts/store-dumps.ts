/**
 * What makes a dump of a store, and what brings one back: scripts of the shell in the image of the store itself. Their
 * variables are those of the store's clients (`REDIS_*`, `MONGODB_*`), and `BACKUP_FILE`.
 */

/** The dump of Redis: a snapshot as a replica gets it, at one instant, that the server's own checker has read. */
export const REDIS_DUMP = `set -eu
umask 077
REDISCLI_AUTH=$(cat "$REDIS_PASSWORD_FILE")
export REDISCLI_AUTH
valkey-cli -u "$REDIS_URL" --user "$REDIS_USERNAME" --no-auth-warning \${REDIS_CA_FILE:+--cacert "$REDIS_CA_FILE"} --rdb "$BACKUP_FILE"
valkey-check-rdb "$BACKUP_FILE"
`;

/** The password is in a file, so that no process shows it: as a text of YAML, in which a quote is doubled. */
const MONGODB_LOGIN = `set -eu
umask 077
login="$BACKUP_FILE.login"
trap 'rm -f "$login"' EXIT
: > "$login"
if [ -n "\${MONGODB_PASSWORD_FILE:-}" ]; then
  printf "password: '%s'\\n" "$(sed "s/'/''/g" "$MONGODB_PASSWORD_FILE")" > "$login"
fi
connect() {
  program=$1
  shift
  "$program" --uri="$MONGODB_URL\${MONGODB_CA_FILE:+&tlsCAFile=$MONGODB_CA_FILE}" \${MONGODB_USERNAME:+--username="$MONGODB_USERNAME"} --config="$login" --gzip --archive="$BACKUP_FILE" "$@"
}
`;

/** The dump of one database of MongoDB. Each document that was there when it began is in it. */
export const MONGODB_DUMP = `${MONGODB_LOGIN}connect mongodump --readPreference=secondaryPreferred --db="$MONGODB_DATABASE"
`;

/** Brings back what is not there: a document that is there stays as it is. Indexes are made as well. */
export const MONGODB_RESTORE = `${MONGODB_LOGIN}connect mongorestore --nsInclude="$MONGODB_DATABASE.*"
`;
