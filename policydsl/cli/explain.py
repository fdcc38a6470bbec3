"""`policydsl explain`: what a code in a message means."""

import click


@click.command()
@click.argument("code", required=False)
@click.pass_context
def explain(ctx: click.Context, code: str | None) -> int:
    """Explain the CODE of a message, with a wrong and a right example. Without CODE, list all codes.

    \b
    policydsl explain E0301
    """  # noqa: D301
    import textwrap

    from policydsl.base.codes import CODES
    from policydsl.base.diagnostic import did_you_mean
    from policydsl.report.rules import RULES

    if code is None:
        for known in CODES.values():
            click.echo(f"{known.code}  {known.title}")
        for each in RULES.values():
            click.echo(f"{each.name}  {each.title}")
        return 0
    rule = RULES.get(code.lower())
    if rule is not None:
        click.echo(f"{rule.name}: {rule.title}\n\n{textwrap.fill(rule.help, 88)}")
        return 0
    found = CODES.get(code.upper())
    if found is None:
        hint = did_you_mean(code.upper(), CODES, 0.5) or "`policydsl explain` lists all codes"
        raise click.UsageError(f"there is no code `{code}`; {hint}", ctx)
    click.echo(f"{found.code}: {found.title}\n")
    click.echo(textwrap.fill(found.explanation, 88))
    for heading, text in (("Wrong", found.wrong), ("Right", found.right)):
        if text:
            click.echo(f"\n{heading}:\n\n{textwrap.indent(text, '    ')}")
    return 0
