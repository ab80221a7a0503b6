"""`python -m modelatlas` is the same as `modelatlas`."""

from modelatlas.cli import main

if __name__ == "__main__":
    main()
