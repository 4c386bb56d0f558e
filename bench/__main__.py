"""`python -m bench`: every benchmark, one after the other."""

import sys

from bench.run import main

if __name__ == "__main__":
    sys.exit(main())
