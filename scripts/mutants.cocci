// SPDX-License-Identifier: GPL-2.0-only
// What may be changed in the driver. For each match, print a line that scripts/mutate reads:
// where the match is, its function, what it is, and its text.

@initialize:python@
@@
def found(what, begin, end, text=""):
    print(begin.line, begin.column, end.line_end, end.column_end, begin.current_element, what,
          text.strip(), begin.line_end, begin.column_end, sep="\t")

@expression_statement@
expression E;
position p;
@@
E@p;

@script:python@
p << expression_statement.p;
@@
found("statement", p[0], p[0])

@jump@
position p;
identifier l;
expression E;
@@
(
 return@p E;
|
 return@p;
|
 goto@p l;
|
 break@p;
|
 continue@p;
)

@script:python@
p << jump.p;
@@
found("jump", p[0], p[0])

@branch@
expression E;
position p;
statement S1, S2;
@@
if (E@p) S1 else S2

@script:python@
p << branch.p;
@@
found("branch", p[0], p[0])

@loop@
expression E;
position p;
statement S;
@@
while (E@p) S

@script:python@
p << loop.p;
@@
found("loop", p[0], p[0])

@choice@
expression E, E1, E2;
position p;
@@
E@p ? E1 : E2

@script:python@
p << choice.p;
@@
found("choice", p[0], p[0])

@and_left@
expression E, E1;
position p;
@@
E@p && E1

@script:python@
p << and_left.p;
@@
found("and", p[0], p[0])

@and_right@
expression E, E1;
position p;
@@
E1 && E@p

@script:python@
p << and_right.p;
@@
found("and", p[0], p[0])

@or_left@
expression E, E1;
position p;
@@
E@p || E1

@script:python@
p << or_left.p;
@@
found("or", p[0], p[0])

@or_right@
expression E, E1;
position p;
@@
E1 || E@p

@script:python@
p << or_right.p;
@@
found("or", p[0], p[0])

@operation@
expression E1, E2;
position p1, p2;
binary operator o = {&, |, +, -, <, <=, >, >=, ==, !=};
@@
E1@p1 o E2@p2

@script:python@
p1 << operation.p1;
p2 << operation.p2;
o << operation.o;
@@
found("binary", p1[0], p2[0], o)

@complement@
expression E;
position p1, p2;
@@
~@p1 E@p2

@script:python@
p1 << complement.p1;
p2 << complement.p2;
@@
found("complement", p1[0], p2[0])

@update@
expression E1, E2;
position p1, p2;
assignment operator o = {|=, &=, +=, -=};
@@
E1@p1 o E2@p2

@script:python@
p1 << update.p1;
p2 << update.p2;
o << update.o;
@@
found("assignment", p1[0], p2[0], o)

@constant_value@
constant C;
position p;
@@
C@p

@script:python@
p << constant_value.p;
@@
found("constant", p[0], p[0])

// The compiler must know the first argument.
@mask@
expression E;
position p;
@@
\(FIELD_GET\|FIELD_PREP\)(E@p, ...)

@script:python@
p << mask.p;
@@
found("fixed", p[0], p[0])
