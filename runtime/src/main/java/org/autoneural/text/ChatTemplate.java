package org.autoneural.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.autoneural.text.jinja.Template;
import org.autoneural.text.jinja.TemplateException;

/**
 * The chat template of a checkpoint: a conversation as the text the model was trained on.
 *
 * <p>Why our own Jinja subset and not Jinjava: 7.5 MB in 20 jars, JSON and string methods that differ from Python's (so wrong
 * token ids), and method calls by reflection that a downloaded template, which is untrusted, must not reach.
 */
public final class ChatTemplate {
    private static final List<String> TOKEN_KEYS = List.of("bos_token", "eos_token", "pad_token", "unk_token");

    private final Template template;
    private final Map<String, String> tokens;

    private ChatTemplate(Template template, Map<String, String> tokens) {
        this.template = template;
        this.tokens = Map.copyOf(tokens);
    }

    /**
     * Reads {@code tokenizer_config.json} of a checkpoint folder and, where it exists, {@code chat_template.jinja}, which wins.
     *
     * @throws TextException     when a file is missing or damaged, or no template is given
     * @throws TemplateException when the template uses what is not supported
     */
    public static ChatTemplate load(Path folder) {
        Path config = folder.resolve("tokenizer_config.json");
        Path separate = folder.resolve("chat_template.jinja");
        JsonNode root = JsonFile.object(JsonFile.bytes(config), config.toString());
        if (Files.isRegularFile(separate)) {
            return new ChatTemplate(Template.parse(new String(JsonFile.bytes(separate), StandardCharsets.UTF_8),
                    separate.toString()), tokens(root));
        }
        return of(root, config.toString());
    }

    /**
     * Reads the bytes of a {@code tokenizer_config.json}.
     *
     * @param name what errors call it
     * @throws TextException     when it is damaged or has no {@code chat_template}
     * @throws TemplateException when the template uses what is not supported
     */
    public static ChatTemplate of(byte[] tokenizerConfig, String name) {
        return of(JsonFile.object(tokenizerConfig, name), name);
    }

    /**
     * A template given as text.
     *
     * @param tokens special tokens under the names the template uses, such as {@code bos_token}
     * @throws TemplateException when the template uses what is not supported
     */
    public static ChatTemplate of(String template, Map<String, String> tokens, String name) {
        return new ChatTemplate(Template.parse(template, name), tokens);
    }

    private static ChatTemplate of(JsonNode root, String name) {
        JsonNode given = root.path("chat_template");
        if (given.isArray()) {
            // Several templates: the one named "default" is for chat, others for tools or retrieval.
            for (JsonNode candidate : given) {
                if (candidate.path("name").asText().equals("default")) {
                    given = candidate.path("template");
                }
            }
        }
        if (!given.isTextual()) {
            throw new TextException(name + " has no chat_template. Put the model's chat_template.jinja beside it,"
                    + " or feed token ids without a template.");
        }
        return new ChatTemplate(Template.parse(given.asText(), name + " (chat_template)"), tokens(root));
    }

    /** Tokens are strings, or objects whose {@code content} is the string. */
    private static Map<String, String> tokens(JsonNode root) {
        Map<String, String> tokens = new LinkedHashMap<>();
        for (String key : TOKEN_KEYS) {
            JsonNode token = root.path(key).isObject() ? root.path(key).path("content") : root.path(key);
            if (token.isTextual()) {
                tokens.put(key, token.asText());
            }
        }
        return tokens;
    }

    /**
     * The conversation as text, start token included; so tokenize it without adding one.
     *
     * @param addGenerationPrompt whether the text ends with the header of an assistant message
     * @throws TemplateException when the template refuses the conversation
     */
    public String render(List<Message> messages, boolean addGenerationPrompt) {
        return render(messages, List.of(), addGenerationPrompt);
    }

    /**
     * The conversation as text, with tools the model may call.
     *
     * @param toolsJson one JSON object a tool, in the form the model was trained on
     * @throws TextException     when a tool is not a JSON object
     * @throws TemplateException when the template refuses the conversation
     */
    public String render(List<Message> messages, List<String> toolsJson, boolean addGenerationPrompt) {
        Map<String, Object> variables = new LinkedHashMap<>(tokens);
        variables.put("messages", messages.stream().map(ChatTemplate::value).toList());
        variables.put("add_generation_prompt", addGenerationPrompt);
        if (!toolsJson.isEmpty()) {
            List<Object> tools = new ArrayList<>();
            for (String tool : toolsJson) {
                tools.add(value(JsonFile.object(tool.getBytes(StandardCharsets.UTF_8), "Tool " + (tools.size() + 1))));
            }
            variables.put("tools", tools);
        }
        return template.render(variables);
    }

    /** Words alone go in as a string, which every template takes; parts only where there is a picture. */
    private static Object value(Message message) {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("role", message.role());
        if (message.pictures() == 0) {
            StringBuilder text = new StringBuilder();
            message.content().forEach(part -> text.append(((Part.Text) part).text()));
            value.put("content", text.toString());
        } else {
            value.put("content", message.content().stream().map(ChatTemplate::value).toList());
        }
        return value;
    }

    private static Object value(Part part) {
        return part instanceof Part.Text text ? Map.of("type", "text", "text", text.text()) : Map.of("type", "image");
    }

    private static Object value(JsonNode node) {
        if (node.isObject()) {
            Map<String, Object> fields = new LinkedHashMap<>();
            node.properties().forEach(field -> fields.put(field.getKey(), value(field.getValue())));
            return fields;
        }
        if (node.isArray()) {
            List<Object> items = new ArrayList<>();
            node.forEach(item -> items.add(value(item)));
            return items;
        }
        if (node.isBoolean()) {
            return node.asBoolean();
        }
        if (node.isNumber()) {
            return node.canConvertToLong() && node.isIntegralNumber() ? (Object) node.asLong() : new BigDecimal(node.asText());
        }
        return node.isNull() ? Template.NONE : node.asText();
    }
}
