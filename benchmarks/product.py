"""The product on the same nights: `python benchmarks/product.py --file night1.csv --database URL`.

With --dry-run it stops at the plan. The database must be the benchmark's own: the first call makes an
organization in it (product_night.py).
"""

import argparse
import os
from importlib import import_module
from pathlib import Path

from yellowbus.config.start import start


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--file", type=Path, required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("--dry-run", action="store_true")
    given = parser.parse_args()
    os.environ["DATABASE_URL"] = given.database
    start()
    # Its models can be imported only now that Django is ready.
    import_module("product_night").run(given.file, given.database, dry=given.dry_run)


if __name__ == "__main__":
    main()
