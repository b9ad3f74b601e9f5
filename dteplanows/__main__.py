"""``python -m dteplanows``."""

from dteplanows.cli import main

if __name__ == "__main__":
    main(prog_name="dteplanows")
