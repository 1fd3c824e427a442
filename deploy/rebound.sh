#!/bin/sh
# Rebound's commands with the settings and as the user of the service: install it as /usr/local/bin/rebound.
set -a
. /etc/rebound/rebound.env
REBOUND_DATA_DIR="${REBOUND_DATA_DIR:-/var/lib/rebound}"
if [ "$(id -u)" = 0 ]; then
  exec runuser -u rebound -- node /opt/rebound/dist/src/main.js "$@"
fi
exec node /opt/rebound/dist/src/main.js "$@"
