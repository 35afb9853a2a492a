package org.espalier.llama;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.espalier.llama.TemplateValues.Said;
import org.espalier.model.ChatMessage;
import org.espalier.model.ChatMessage.ToolCall;
import org.jspecify.annotations.Nullable;

/** Turns of a conversation as templates know them, with the names that OpenAI's API has. */
final class TemplateTurns {
    /** Where a template is told instructions. */
    enum Instructions {
        /** In turns of their own, where they are said. */
        IN_PLACE,
        /** In one system's turn, the first. */
        FIRST,
        /** At the beginning of the user's next turn. */
        WITH_USER
    }

    /**
     * A way to tell a template the same turns.
     *
     * @param inParts whether contents are lists of parts
     * @param argumentsAsText whether arguments of calls are JSON's text
     */
    record Form(Instructions instructions, boolean inParts, boolean argumentsAsText) {
        /** The ways that differ for such turns, the most usual first. */
        static List<Form> of(List<ChatMessage> messages) {
            long instructing = messages.stream().filter(ChatMessage::instructs).count();
            boolean hoistable =
                    instructing > 1 || (instructing == 1 && !messages.get(0).instructs());
            boolean calls =
                    messages.stream().anyMatch(message -> !message.calls().isEmpty());
            List<Form> forms = new ArrayList<>();
            for (Instructions instructions : Instructions.values()) {
                boolean differs = switch (instructions) {
                    case IN_PLACE -> true;
                    case FIRST -> hoistable;
                    case WITH_USER -> instructing > 0;
                };
                if (!differs) {
                    continue;
                }
                for (boolean inParts : new boolean[] {false, true}) {
                    forms.add(new Form(instructions, inParts, false));
                    if (calls) {
                        forms.add(new Form(instructions, inParts, true));
                    }
                }
            }
            return forms;
        }

        List<Map<String, Object>> turns(List<ChatMessage> messages) {
            return arranged(messages).stream().map(this::turn).toList();
        }

        private List<ChatMessage> arranged(List<ChatMessage> messages) {
            return switch (instructions) {
                case IN_PLACE -> messages;
                case FIRST -> {
                    List<ChatMessage> turns = new ArrayList<>();
                    turns.add(ChatMessage.system(messages.stream()
                            .filter(ChatMessage::instructs)
                            .map(ChatMessage::content)
                            .collect(Collectors.joining("\n\n"))));
                    messages.stream().filter(message -> !message.instructs()).forEach(turns::add);
                    yield turns;
                }
                case WITH_USER -> {
                    List<ChatMessage> turns = new ArrayList<>();
                    StringBuilder held = new StringBuilder();
                    for (ChatMessage message : messages) {
                        if (message.instructs()) {
                            held.append(message.content()).append("\n\n");
                        } else if (message.role().equals("user")) {
                            turns.add(message.withContent(held + message.content()));
                            held.setLength(0);
                        } else {
                            turns.add(message);
                        }
                    }
                    yield turns;
                }
            };
        }

        private Map<String, Object> turn(ChatMessage message) {
            Map<String, Object> turn = new LinkedHashMap<>();
            turn.put("role", message.role().equals("developer") ? "system" : message.role());
            turn.put("content", content(message));
            putSaid(turn, "reasoning_content", message.reasoning());
            putSaid(turn, "tool_call_id", message.callId());
            putSaid(turn, "name", message.name());
            if (!message.calls().isEmpty()) {
                turn.put("tool_calls", message.calls().stream().map(this::call).toList());
            }
            return turn;
        }

        private Object content(ChatMessage message) {
            Said text = new Said(message.content());
            if (!inParts) {
                return text;
            }
            return message.content().isEmpty() ? List.of() : List.of(Map.of("type", "text", "text", text));
        }

        private Map<String, Object> call(ToolCall call) {
            Map<String, Object> function = new LinkedHashMap<>();
            function.put("name", new Said(call.name()));
            function.put("arguments", new Said(argumentsAsText ? JsonText.of(call.arguments()) : call.arguments()));
            Map<String, Object> said = new LinkedHashMap<>();
            said.put("type", "function");
            putSaid(said, "id", call.id());
            said.put("function", function);
            return said;
        }

        private static void putSaid(Map<String, Object> turn, String key, @Nullable String text) {
            if (text != null) {
                turn.put(key, new Said(text));
            }
        }
    }

    private TemplateTurns() {}
}
