#!/bin/sh
# Make the virtual environment named in $1 with any Python 3.11 or later of this machine.
# Debian without python3-venv has no ensurepip: the machine's own pip then fills the environment.
set -eu
target=$1
for name in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$name
        break
    fi
done
if [ -z "${python:-}" ]; then
    echo "Python 3.11 ou plus récent est introuvable : installez-le, ou nommez-le (make PYTHON=...)." >&2
    exit 1
fi
if "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    exec "$python" -m venv "$target"
fi
if "$python" -m pip --version >/dev/null 2>&1 && "$python" -m venv --without-pip "$target"; then
    exec "$python" -m pip --python "$target/bin/python" --quiet install pip
fi
echo "Ce Python ne sait pas créer d'environnement : installez le paquet python3-venv." >&2
exit 1
