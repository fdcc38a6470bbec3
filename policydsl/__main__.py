"""`python -m policydsl` is the command `policydsl`."""

from policydsl.cli import main

if __name__ == "__main__":
    main()
