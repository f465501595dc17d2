"""``python -m pipeline`` and the installed command ``infogov``."""

from pipeline.cli.main import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
