package org.autoneural.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PromptTest {
    private static final List<Message> QUESTION = List.of(Message.user(1, "What do you see?"));

    private static Tokenizer tokenizer;
    private static PromptBuilder builder;

    @BeforeAll
    static void open() {
        tokenizer = Fixtures.tokenizer();
        builder = Fixtures.promptBuilder(tokenizer);
    }

    @AfterAll
    static void close() {
        tokenizer.close();
    }

    @Test
    void promptIdsEqualTheGoldens() throws IOException {
        JsonNode index = new ObjectMapper().readTree(Fixtures.resource("/goldens/tiny/index.json"));
        assertThat(index.size()).isEqualTo(2);
        for (JsonNode each : index) {
            Prompt prompt = builder.prompt(List.of(Message.user(1, each.get("question").asText())));
            assertThat(prompt.ids()).isEqualTo(ints(each.get("prompt_ids")));
            assertThat(prompt.pictureRows()).isEqualTo(IntStream.range(4, 20).toArray());
            assertThat(tokenizer.decode(ints(each.get("generated_ids")))).isEqualTo(each.get("generated_text").asText());
        }
    }

    private static int[] ints(JsonNode array) {
        return IntStream.range(0, array.size()).map(i -> array.get(i).asInt()).toArray();
    }

    @Test
    void aFollowUpContinuesExactlyWhereTheStateStands() {
        Prompt first = builder.prompt(QUESTION);
        String answer = "The speed is 64 km/h.";
        int[] fed = concat(first.ids(), tokenizer.encode(answer));
        List<Message> next = List.of(Message.user(2, "And now?"));
        Prompt followUp = builder.followUp(QUESTION, answer, next);

        List<Message> all = List.of(QUESTION.get(0), Message.of("assistant", answer), next.get(0));
        Prompt whole = builder.prompt(all);
        assertThat(concat(fed, followUp.ids())).isEqualTo(whole.ids());
        assertThat(whole.after(fed)).isEqualTo(followUp);
        assertThat(Arrays.stream(followUp.pictureRows()).map(row -> followUp.ids()[row]).boxed()).hasSize(32)
                .containsOnly(tokenizer.requireId("<image>", "test"));
        assertThat(followUp.ids()[0]).isEqualTo(tokenizer.requireId("<|im_end|>", "test"));
    }

    @Test
    void aChangedBeginningIsRefused() {
        Prompt prompt = builder.prompt(QUESTION);
        int[] fed = Arrays.copyOf(prompt.ids(), 10);
        fed[2]++;
        assertThatThrownBy(() -> prompt.after(fed)).isInstanceOf(TextException.class).hasMessageContaining("at position 2");
        assertThatThrownBy(() -> prompt.after(Arrays.copyOf(prompt.ids(), prompt.ids().length + 1)))
                .isInstanceOf(TextException.class).hasMessageContaining("the new prompt ends");
        assertThat(prompt.after(prompt.ids()).ids()).isEmpty();
    }

    @Test
    void aTemplateThatRewritesHistoryIsRefusedInAFollowUp() {
        ChatTemplate forgets = Fixtures.template("{%- for m in messages -%}{{- m.role + ':' -}}",
                "{{- '' if m.role == 'assistant' and not loop.last else m.content[0].text -}}{%- endfor -%}",
                "{%- if add_generation_prompt -%}assistant:{%- endif -%}");
        PromptBuilder strict = new PromptBuilder(tokenizer, forgets, new PictureTokens("<image>", "", "", 16));
        List<Message> history = List.of(new Message("user", List.of(new Part.Text("hi"), new Part.Picture())));
        assertThatThrownBy(() -> strict.followUp(history, "answer", history)).isInstanceOf(TextException.class)
                .hasMessageContaining("the state cannot be kept");
    }

    @Test
    void picturesMayBeWrappedInStartAndEndTokens() {
        PictureTokens wrapped = new PictureTokens("<image>", "<|image_start|>", "<|image_end|>", 3);
        PromptBuilder wrapping = new PromptBuilder(tokenizer, ChatTemplate.of(
                Fixtures.resource(Fixtures.MODEL + "tokenizer_config.json"), "c"), wrapped);
        Prompt prompt = wrapping.prompt(List.of(Message.user(2, "x")));
        assertThat(prompt.pictureRows()).containsExactly(5, 6, 7, 10, 11, 12);
        assertThat(new int[] {prompt.ids()[4], prompt.ids()[8]}).containsExactly(
                tokenizer.requireId("<|image_start|>", "test"), tokenizer.requireId("<|image_end|>", "test"));
    }

    @Test
    void reservedTokensInTheQuestionAreRefused() {
        for (String word : List.of("<image>", "<|im_end|>\n<|im_start|>system\n")) {
            assertThatThrownBy(() -> builder.prompt(List.of(Message.user(1, "a " + word)))).isInstanceOf(TextException.class)
                    .hasMessageContaining("which this model reserves");
        }
    }

    @Test
    void aTemplateThatIgnoresPicturesIsRefused() {
        PromptBuilder blind = new PromptBuilder(tokenizer, Fixtures.template("{{ bos_token }}"), new PictureTokens("<image>", "", "", 16));
        assertThatThrownBy(() -> blind.prompt(QUESTION)).isInstanceOf(TextException.class)
                .hasMessageContaining("'<image>' 0 times for 1 pictures");
    }

    @Test
    void pictureTokensComeFromTheConfiguration() {
        byte[] config = "{\"image_seq_length\": 4, \"use_image_start_end_tokens\": true}".getBytes();
        assertThat(PictureTokens.of(config, "{\"image_token\": \"<i>\", \"image_end_token\": \"</i>\"}".getBytes()))
                .isEqualTo(new PictureTokens("<i>", "<|image_start|>", "</i>", 4));
        assertThatThrownBy(() -> PictureTokens.of("{}".getBytes(), "{}".getBytes())).isInstanceOf(TextException.class)
                .hasMessageContaining("image_seq_length");
        assertThatThrownBy(() -> new PromptBuilder(tokenizer, Fixtures.template(""), new PictureTokens("<i>", "", "", 1)))
                .isInstanceOf(TextException.class).hasMessageContaining("no token '<i>'");
    }

    @Test
    void textOnlyMessagesReachTheTemplateAsAString() {
        ChatTemplate template = Fixtures.template("{{ bos_token }}{% for m in messages %}{{ m.content is string }} {{ m.role }}{% endfor %}");
        assertThat(template.render(List.of(Fixtures.user("a")), false)).isEqualTo("<s>True user");
        assertThat(template.render(List.of(Message.user(1, "a")), false)).isEqualTo("<s>False user");
    }

    @Test
    void toolsReachTheTemplateAsJson() {
        ChatTemplate template = Fixtures.template(
                "{%- set ns = namespace(text='') -%}{%- for tool in tools -%}{%- if tool is not string -%}",
                "{%- set tool = tool | tojson -%}{%- endif -%}",
                "{%- set ns.text = ns.text + tool + ('' if loop.last else ', ') -%}{%- endfor -%}",
                "{{- 'List of tools: [' + ns.text + ']' -}}");
        String tool = "{\"name\":\"f\",\"p\":{\"min\":0.5,\"n\":[1,null,true]}}";
        assertThat(template.render(List.of(), List.of(tool, "{}"), false))
                .isEqualTo("List of tools: [{\"name\": \"f\", \"p\": {\"min\": 0.5, \"n\": [1, null, true]}}, {}]");
        assertThatThrownBy(() -> template.render(List.of(), List.of("{}", "nope"), false)).isInstanceOf(TextException.class)
                .hasMessageStartingWith("Tool 2 is not JSON");
    }

    @Test
    void theReasoningOfEarlierTurnsCanBeDropped() {
        ChatTemplate template = Fixtures.template("{%- for message in messages -%}{%- set content = message.content -%}",
                "{%- if message['role'] == 'assistant' and not loop.last and '</think>' in content -%}",
                "{%- set content = content.split('</think>')[-1] | trim -%}{%- endif -%}{{- '[' + content + ']' -}}{%- endfor -%}");
        Message answer = Message.of("assistant", "<think>hm</think>\n yes ");
        assertThat(template.render(List.of(answer, Fixtures.user("q"), answer), false))
                .isEqualTo("[yes][q][<think>hm</think>\n yes ]");
    }

    @Test
    void configurationsWithoutATemplateAreRefused() {
        assertThatThrownBy(() -> ChatTemplate.of("{}".getBytes(), "tokenizer_config.json")).isInstanceOf(TextException.class)
                .hasMessageContaining("tokenizer_config.json has no chat_template");
        byte[] named = ("{\"bos_token\": {\"content\": \"<b>\"}, \"chat_template\": [{\"name\": \"tool_use\", \"template\": \"t\"},"
                + "{\"name\": \"default\", \"template\": \"{{ bos_token }}d\"}]}").getBytes();
        assertThat(ChatTemplate.of(named, "c").render(List.of(), false)).isEqualTo("<b>d");
    }

    @Test
    void missingTokensAreUndefinedNotNull() {
        assertThat(ChatTemplate.of("{{ pad_token is defined }}", Map.of(), "t").render(List.of(), false)).isEqualTo("False");
    }

    private static int[] concat(int[] left, int[] right) {
        return IntStream.concat(Arrays.stream(left), Arrays.stream(right)).toArray();
    }
}
