package org.espalier.llama;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.espalier.gguf.GgufHeader;
import org.espalier.gguf.GgufTensor;
import org.espalier.model.PieceName;

/** Divides a model into two pieces as llama.cpp's gguf-split does: all metadata is in the first. */
final class SplitGguf {
    private static final int FIXED = 4 + 4 + 8 + 8;
    private static final int ALIGNMENT = 32;
    private static final int UINT16 = 2;
    private static final int INT32 = 5;

    private SplitGguf() {}

    /** Returns the first piece; the other lies beside it. */
    static Path split(Path model, Path folder, String stem) throws IOException {
        byte[] bytes = Files.readAllBytes(model);
        List<GgufTensor> tensors = GgufHeader.read(model).tensors();
        int infos = indexOf(bytes, string(tensors.get(0).name()));
        int end = infos + tensors.stream().mapToInt(SplitGguf::infoBytes).sum();
        int data = (end + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        long metadata = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(16);
        int half = tensors.size() / 2;
        PieceName name = new PieceName(stem, 1, 2);
        ByteArrayOutputStream own = new ByteArrayOutputStream();
        own.write(bytes, FIXED, infos - FIXED);
        Path first = folder.resolve(name.fileName());
        write(first, 0, metadata, own, tensors.subList(0, half), tensors.size(), bytes, data);
        write(
                folder.resolve(name.withNumber(2).fileName()),
                1,
                0,
                new ByteArrayOutputStream(),
                tensors.subList(half, tensors.size()),
                tensors.size(),
                bytes,
                data);
        return first;
    }

    private static void write(
            Path file,
            int number,
            long metadata,
            ByteArrayOutputStream values,
            List<GgufTensor> tensors,
            int all,
            byte[] model,
            int data)
            throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(little(4).putInt(3).array());
        out.writeBytes(little(8).putLong(tensors.size()).array());
        out.writeBytes(little(8).putLong(metadata + 3).array());
        out.writeBytes(values.toByteArray());
        out.writeBytes(string("split.no"));
        out.writeBytes(little(6).putInt(UINT16).putShort((short) number).array());
        out.writeBytes(string("split.count"));
        out.writeBytes(little(6).putInt(UINT16).putShort((short) 2).array());
        out.writeBytes(string("split.tensors.count"));
        out.writeBytes(little(8).putInt(INT32).putInt(all).array());
        ByteArrayOutputStream weights = new ByteArrayOutputStream();
        for (GgufTensor tensor : tensors) {
            out.writeBytes(string(tensor.name()));
            out.writeBytes(little(4).putInt(tensor.shape().size()).array());
            tensor.shape()
                    .forEach(length -> out.writeBytes(little(8).putLong(length).array()));
            out.writeBytes(little(4).putInt(tensor.typeId()).array());
            out.writeBytes(little(8).putLong(weights.size()).array());
            weights.write(model, data + (int) tensor.offset(), (int) tensor.bytes());
            pad(weights);
        }
        pad(out);
        out.writeBytes(weights.toByteArray());
        Files.write(file, out.toByteArray());
    }

    private static void pad(ByteArrayOutputStream out) {
        out.writeBytes(new byte[Math.floorMod(-out.size(), ALIGNMENT)]);
    }

    private static int infoBytes(GgufTensor tensor) {
        return 8 + tensor.name().length() + 4 + 8 * tensor.shape().size() + 4 + 8;
    }

    private static byte[] string(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return little(8 + bytes.length).putLong(bytes.length).put(bytes).array();
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static int indexOf(byte[] bytes, byte[] part) {
        for (int i = 0; i + part.length <= bytes.length; i++) {
            if (ByteBuffer.wrap(bytes, i, part.length).equals(ByteBuffer.wrap(part))) {
                return i;
            }
        }
        throw new AssertionError("the first tensor is not in the file");
    }
}
