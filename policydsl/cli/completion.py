"""`policydsl completion`: a script for the shell."""

import click


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the script that completes commands and options in SHELL.

    \b
    bash:  policydsl completion bash >> ~/.bashrc
    zsh:   policydsl completion zsh  >> ~/.zshrc
    fish:  policydsl completion fish > ~/.config/fish/completions/policydsl.fish
    """  # noqa: D301
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None
    root = ctx.find_root().command
    complete = kind(root, {}, "policydsl", "_POLICYDSL_COMPLETE")
    click.echo(complete.source_template % complete.source_vars())
