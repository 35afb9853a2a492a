package org.espalier.cli;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.espalier.gguf.EditableGguf;

/** A vocabulary of byte pairs in the place of a tiny model's own: one token a byte, and two that are merged from others. */
final class BytePairs {
    private static final long NORMAL = 1;
    private static final long CONTROL = 3;

    private BytePairs() {}

    static EditableGguf in(EditableGguf model) {
        List<Object> texts = new ArrayList<>(List.of("<|end|>", "<|im_start|>", "<|im_end|>"));
        int controls = texts.size();
        int others = 0;
        for (int value = 0; value < 256; value++) {
            boolean printable = (value >= '!' && value <= '~') || (value >= 0xa1 && value <= 0xff && value != 0xad);
            texts.add(Character.toString(printable ? value : 256 + others++));
        }
        texts.addAll(List.of("Ye", "Yes", "No", "12", "Step"));
        texts.add("unused");
        List<Object> types = new ArrayList<>(Collections.nCopies(texts.size(), NORMAL));
        Collections.fill(types.subList(0, controls), CONTROL);
        model.metadata.removeIf(entry -> entry.key.matches("tokenizer\\.ggml\\..*"));
        return model.set("tokenizer.ggml.model", EditableGguf.STRING, "gpt2")
                .set("tokenizer.ggml.pre", EditableGguf.STRING, "qwen2")
                .setList("tokenizer.ggml.tokens", EditableGguf.STRING, texts)
                .setList("tokenizer.ggml.token_type", EditableGguf.INT32, types)
                .setList("tokenizer.ggml.merges", EditableGguf.STRING, List.of("Y e", "Ye s", "N o", "1 2"))
                .set("tokenizer.ggml.eos_token_id", EditableGguf.UINT32, 2L)
                .set("tokenizer.ggml.bos_token_id", EditableGguf.UINT32, 0L)
                .set("tokenizer.ggml.add_bos_token", EditableGguf.BOOL, 0L);
    }
}
