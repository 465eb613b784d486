package org.autoneural.text.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Expected texts follow from the Jinja and Python manuals. */
class TemplateTest {
    private static final Map<String, Object> VARIABLES = Map.of(
            "n", 7L, "s", "a-b-c", "l", List.of("x", "y", "z"), "m", Map.of("k", "v"), "t", true, "none_value", Template.NONE,
            "people", List.of(Map.of("name", "Ann", "role", "user"), Map.of("name", "Bob", "role", "tool")));

    @ParameterizedTest
    @CsvSource(delimiter = '@', quoteCharacter = '`', value = {
        "1 + 2 * 3 @ 7",
        "(1 + 2) * 3 - -1 @ 10",
        "7 // 2 ~ '|' ~ -7 // 2 ~ '|' ~ -7 % 3 @ 3|-4|2",
        "'a' + 'b' ~ n @ ab7",
        "n > 6 and n != 8 and not n == 8 @ True",
        "1 < n < 5 @ False",
        "'x' if n is defined else 'y' @ x",
        "'x' if missing @ EMPTY",
        "missing or 'other' @ other",
        "'' and missing.attribute @ EMPTY",
        "l[0] + l[-1] @ xz",
        "l[1:] | join('+') @ y+z",
        "l[::-1] | join @ zyx",
        "l[-2:-1] | join @ y",
        "l[5:] | length @ 0",
        "s[2:] @ b-c",
        "s.split('-')[-1] @ c",
        "s.split('-', 1) | last @ b-c",
        "' a  b '.split() | join('|') @ a|b",
        "'xxaxx'.strip('x') ~ ' b '.lstrip() ~ 'c' @ ab c",
        "s.startswith('a') and s.endswith('c') @ True",
        "s.replace('-', '') | upper @ ABC",
        "m.k ~ m['k'] ~ m.get('q', 'd') @ vvd",
        "m.q is defined @ False",
        "'k' in m and 'q' not in m and 'b' in s @ True",
        "s is string and l is not string @ True",
        "m is mapping and m is not iterable @ False",
        "missing | default('d') ~ ''|default('e', true) @ de",
        "'' | default('e') @ EMPTY",
        "n | string | length @ 1",
        "none @ None",
        "none_value is none @ True",
        "(1, 'a') | tojson @ [1, \"a\"]",
        "{'a': [true, none], \"b\": {}} | tojson @ {\"a\": [true, null], \"b\": {}}",
        "people | selectattr('role', 'eq', 'tool') | map(attribute='name') | join @ Bob",
        "people | rejectattr('role', 'equalto', 'tool') | list | length @ 1",
        "range(2, 8, 3) | join(',') @ 2,5",
        "'\\x41\\u00e9\\q' @ Aé\\q",
        "t | tojson @ true",
    })
    void expressions(String expression, String expected) {
        assertThat(render("{{ " + expression.strip() + " }}")).isEqualTo(expected.strip().replace("EMPTY", ""));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '@', quoteCharacter = '`', value = {
        "a{% if t %}b{% elif n %}c{% else %}d{% endif %}e @ abe",
        "{% if not t %}b{% elif n %}c{% else %}d{% endif %} @ c",
        "{% if not t %}b{% elif not n %}c{% else %}d{% endif %} @ d",
        "{% for x in l %}{{ loop.index0 }}{{ x }}{% if not loop.last %},{% endif %}{% endfor %} @ 0x,1y,2z",
        "{% for k, v in m.items() %}{{ k }}={{ v }}{% endfor %} @ k=v",
        "{% for x in l if x != 'y' %}{{ loop.length }}{{ x }}{% endfor %} @ 2x2z",
        "{% for x in missing %}a{% else %}none{% endfor %} @ none",
        "{% set a = 1 %}{% for x in l %}{% set a = 2 %}{% endfor %}{{ a }} @ 1",
        "{% set a = namespace(v='') %}{% for x in l %}{% set a.v = x ~ a.v %}{% endfor %}{{ a.v }} @ zyx",
        "{% set a = 1 %}{% if t %}{% set a = 2 %}{% endif %}{{ a }} @ 2",
        "{% set a %}<{{ n }}>{% endset %}{{ a }}{{ a }} @ <7><7>",
        "{% generation %}answer{% endgeneration %} @ answer",
        "a {{- ' b ' -}} c @ a b c",
        "a {%- if t -%} b {%- endif -%} c @ abc",
        "a {#- remark -#} b @ ab",
        "{{ '}}' }}{{ '{%' }}{{ {'a': 1}['a'] }} @ }}{%1",
    })
    void statements(String template, String expected) {
        assertThat(render(template.strip())).isEqualTo(expected.strip());
    }

    @Test
    void aTagOnItsOwnLineLeavesNoTrace() {
        assertThat(render("a\n  {% if t %}\nb\n  {% endif %}\n  {# remark #}\nc\n")).isEqualTo("a\nb\nc");
    }

    @Test
    void plusKeepsTheWhiteSpaceThatTagsSwallow() {
        assertThat(render("a\n  {%+ if t +%}\nb{% endif %}")).isEqualTo("a\n  \nb");
    }

    @Test
    void aValueOnItsOwnLineKeepsItsLine() {
        assertThat(render("  {{ n }}\nb\r\nc")).isEqualTo("  7\nb\nc");
    }

    @Test
    void jsonIsWrittenAsPythonWritesIt() {
        Map<String, Object> tool = new LinkedHashMap<>();
        tool.put("name", "f\"\\\n\u0001é/");
        tool.put("max", new BigDecimal("0.5"));
        tool.put("required", List.of("a", "b"));
        assertThat(Template.parse("{{ tool | tojson }}", "t").render(Map.of("tool", tool)))
                .isEqualTo("{\"name\": \"f\\\"\\\\\\n\\u0001é/\", \"max\": 0.5, \"required\": [\"a\", \"b\"]}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '@', quoteCharacter = '`', value = {
        "{% macro f() %}{% endmacro %} @ tag 'macro' is not supported",
        "{% if t %}a @ the template ends where one of [elif, else, endif] is needed",
        "{% if t %}a{% endfor %} @ tag 'endfor' is not supported",
        "{{ n @ tag is never closed with }}",
        "{# n @ comment {# is never closed",
        "{{ 'n }} @ string is never closed",
        "{{ n + }} @ unexpected }} where a value is needed",
        "{{ n ? 1 }} @ character '?' means nothing",
        "{{ n ! 1 }} @ character '!' means nothing",
        "{{ n / 2 }} @ unexpected '/'",
        "{{ 1.5 }} @ where a name is needed",
        "{{ 'a' + 1 }} @ '+' of a string and a number",
        "{{ missing.attribute }} @ '.attribute' of an undefined value",
        "{{ l }} @ prints a list where text is expected",
        "{{ s.encode() }} @ a string has no method 'encode'",
        "{{ s.getClass() }} @ a string has no method 'getClass'",
        "{{ cycler() }} @ function 'cycler' is not known",
        "{{ s | urlize }} @ filter 'urlize' is not supported",
        "{{ s is callable }} @ test 'callable' is not supported",
        "{{ raise_exception('roles must alternate') }} @ refuses this conversation: roles must alternate",
        "{% set m.k = 1 %} @ only a namespace() can have attributes set",
        "{{ 9223372036854775807 }} @ more than 18 digits",
        "{{ 999999999999999999 * 999 }} @ overflow",
        "{{ 1 // 0 }} @ by zero",
        "{{ range(1000000) }} @ range of more than 100000 numbers",
        "{{ l == l }} @ comparing two lists",
    })
    void errorsNameTemplateLineAndProblem(String template, String problem) {
        assertThatThrownBy(() -> render("\n\n" + template.strip())).isInstanceOf(TemplateException.class)
                .hasMessageStartingWith("Template test, line 3: ").hasMessageContaining(problem.strip());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{% set a = namespace(v='x') %}{% for i in range(90000) %}{% set a.v = a.v + a.v %}{% endfor %}",
        "{% set a = namespace(v=[1]) %}{% for i in range(90000) %}{% set a.v = a.v + a.v %}{% endfor %}",
        "{% set a = namespace(v=[1]) %}{% for i in range(90) %}{% set a.v = [a.v, a.v] %}{% endfor %}{{ a.v | tojson }}",
        "{% set a = namespace(v=[1]) %}{% for i in range(99000) %}{% set a.v = [a.v] %}{% endfor %}{{ a.v | tojson }}",
        "{% for i in range(99999) %}{% for j in range(99999) %}{% for k in range(99999) %}{% endfor %}{% endfor %}{% endfor %}",
        "{% for i in range(99999) %}{{ s * 1 }}{% endfor %}",
        "{% set a = 'aaaaaaaaaa' %}{% for i in range(9) %}{% set a = a.replace('a', 'aaaaaaaaaa') %}{% endfor %}"
                + "{% for i in range(99999) %}{% for i in range(999) %}0123456789012345678901234567890{% endfor %}{% endfor %}",
    })
    void hostileTemplatesAreStopped(String template) {
        assertThatThrownBy(() -> render(template)).isInstanceOf(TemplateException.class);
    }

    @Test
    void deepNestingIsAnErrorAndNoStackOverflow() {
        for (String template : List.of("{{ " + "(".repeat(100_000) + "1", "{{ " + "[".repeat(100_000), "{{ " + "not ".repeat(50_000) + "t }}",
                "{{ " + "-".repeat(100_000) + "1 }}", "{{ 1" + " + 1".repeat(100_000) + " }}", "{{ s" + "|trim".repeat(50_000) + " }}",
                "{% if t %}".repeat(20_000), "{% if t %}" + "{% elif t %}".repeat(20_000))) {
            assertThatThrownBy(() -> render(template)).isInstanceOf(TemplateException.class);
        }
    }

    @Test
    void anOverlongTemplateIsRefused() {
        assertThatThrownBy(() -> render("a".repeat(600_000))).isInstanceOf(TemplateException.class)
                .hasMessageContaining("has 600000 characters, at most 524288 are read");
    }

    private static String render(String template) {
        return Template.parse(template, "test").render(VARIABLES);
    }
}
