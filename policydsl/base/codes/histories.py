"""What is found in history files."""

from policydsl.base.codes.code import Code

HISTORIES = (
    Code(
        "E0501",
        "the history cannot be read",
        "A history says which policy it is about, when it starts, and what happens: a list of steps, each with "
        "its date, in the form that the reference describes. This file is not of that form. The message says what "
        "was found instead.",
        "policy: Score\nsteps: breach",
        "policy: Score\nstart: 2024-01-01\nsteps:\n  - {date: 2024-03-01, event: breach}",
    ),
    Code(
        "E0502",
        "a step out of order",
        "Days never go back: each step of a history is on the day of the one before it or later. Sort the steps, "
        "or correct the date.",
        "policy: Score\n"
        "start: 2024-01-01\n"
        "steps:\n"
        "  - {date: 2024-03-02, event: breach}\n"
        "  - {date: 2024-03-01, event: breach}",
        "policy: Score\n"
        "start: 2024-01-01\n"
        "steps:\n"
        "  - {date: 2024-03-01, event: breach}\n"
        "  - {date: 2024-03-02, event: breach}",
    ),
    Code(
        "E0503",
        "unknown event or field",
        "The history names an event that the policy does not declare, or gives an event a fact or choice that it "
        "does not have. What a schedule does is inserted by the calendar and is not written down. The hint names "
        "a similar name.",
        "policy: Score\nstart: 2024-01-01\nsteps:\n  - {date: 2024-03-01, event: breach, conducts: spam}",
        "policy: Score\nstart: 2024-01-01\nsteps:\n  - {date: 2024-03-01, event: breach, conduct: spam}",
    ),
    Code(
        "E0504",
        "a value that does not fit",
        "The value of a fact, a choice or a parameter is not of its kind, or lies outside its range. The "
        "declaration in the policy says what fits.",
        "policy: Score\nstart: 2024-01-01\nsteps:\n  - {date: 2024-03-01, event: breach, length: 400}",
        "policy: Score\nstart: 2024-01-01\nsteps:\n  - {date: 2024-03-01, event: breach, length: 30}",
    ),
    Code(
        "E0505",
        "an act that is not permitted",
        "At this step the policy does not permit the act. The message names the clause whose condition fails. If "
        "that is what really happened, it is a breach of the clause; say with `refused: true` that this is "
        "expected.",
        "policy: Score\nstart: 2024-01-01\nsteps:\n  - {date: 2024-03-01, event: terminate}",
        "policy: Score\nstart: 2024-01-01\nsteps:\n  - {date: 2024-03-01, event: terminate, refused: true}",
    ),
    Code(
        "E0506",
        "an occurrence that is not possible now",
        "The policy states when this occurrence can happen, and at this step the condition fails. Either the "
        "history is wrong, or the condition in the policy is too narrow. If that is what the history is meant to "
        "show, say so with `refused: true`.",
        "policy: Score\nstart: 2024-01-01\nsteps:\n  - {date: 2024-03-01, event: appeal}",
        "policy: Score\n"
        "start: 2024-01-01\n"
        "steps:\n"
        "  - {date: 2024-03-01, event: breach}\n"
        "  - {date: 2024-03-02, event: appeal}",
    ),
    Code(
        "E0507",
        "two rules conflict",
        "In this step two rules give one state two different new values, and neither clause is declared an "
        "exception to the other. What should happen is not decided by the text as transcribed. Add `exception "
        "to`, or report the conflict as a finding.",
        'clause 1 "x"\n    on breach\n        set score = 0\nclause 2 "y"\n    on breach\n        set score = 5',
        'clause 1 "x"\n'
        "    on breach\n"
        "        set score = 0\n"
        'clause 2 "y"\n'
        "    exception to 1\n"
        "    on breach\n"
        "        set score = 5",
    ),
    Code(
        "E0508",
        "a value that is not defined",
        "In this step a value is needed that the policy does not define: a table without a fitting row, or with "
        "two where exactly one is required; a date that is not set; a month end that is refused. Say in the "
        "policy what holds then, for instance with `no row`, or correct the history.",
        'clause 1 "x"\n    table t of score: points, exactly one row\n        [0, 50]: 5',
        'clause 1 "x"\n    table t of score: points, exactly one row\n        [0, 50]: 5\n        no row: 0',
    ),
    Code(
        "E0509",
        "an expectation that is not met",
        "A golden history says what must hold after a step, and something else holds. Either the policy was "
        "changed on purpose, then correct the history by hand; or it was not, then the change has an effect that "
        "nobody intended.",
        "policy: Score\nstart: 2024-01-01\nsteps:\n  - {date: 2024-03-01, event: breach, expect: {score: 90}}",
        "policy: Score\nstart: 2024-01-01\nsteps:\n  - {date: 2024-03-01, event: breach, expect: {score: 95}}",
    ),
    Code(
        "E0510",
        "a schedule that never rests",
        "A schedule would fire again and again on the same day without end, because it does not change what makes "
        "it due. Let it move or clear the day it waits for.",
        'clause 1 "x"\n    schedule s: on due_day\n        set due_day = due_day',
        'clause 1 "x"\n    schedule s: on due_day\n        set due_day = none',
    ),
    Code(
        "E0511",
        "a missing value",
        "An event needs a fact or choice that has no default, or the policy leaves a parameter or a starting "
        "value open. A history is about one case: give the value.",
        "policy: Score\nstart: 2024-01-01\nsteps:\n  - {date: 2024-03-01, event: breach}",
        "policy: Score\nstart: 2024-01-01\nsteps:\n  - {date: 2024-03-01, event: breach, conduct: spam}",
    ),
)
