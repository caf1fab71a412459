package dev.kindred.jmh.onnx;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Writes a network as an ONNX model: just the parts of the protocol buffers that dense networks
 * need (onnx.proto of ONNX 1.16, operator set 17), without a library for either.
 *
 * <p>Not thread-safe.
 */
final class OnnxModel {
  private static final int IR_VERSION = 8;
  private static final int OPERATOR_SET = 17;
  private static final int FLOAT = 1;
  private static final int INT64 = 7;
  private static final int ATTRIBUTE_INT = 2;

  private final Message graph = new Message();
  private int names;

  /** A protocol buffer under construction. */
  private static final class Message {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Message number(int field, long value) {
      varint((long) field << 3);
      varint(value);
      return this;
    }

    Message bytes(int field, byte[] value) {
      varint((long) field << 3 | 2);
      varint(value.length);
      bytes.writeBytes(value);
      return this;
    }

    Message text(int field, String value) {
      return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    Message message(int field, Message value) {
      return bytes(field, value.bytes.toByteArray());
    }

    private void varint(long value) {
      long rest = value;
      while ((rest & ~0x7fL) != 0) {
        bytes.write((int) (rest & 0x7f | 0x80));
        rest >>>= 7;
      }
      bytes.write((int) rest);
    }
  }

  /** An attribute of a node. */
  record Attribute(String name, long value) {}

  /** Declares an input of floats; gives its name back. */
  String input(String name, int... shape) {
    graph.message(11, value(name, shape));
    return name;
  }

  /** Declares that a value of floats is an output. */
  void output(String name, int... shape) {
    graph.message(12, value(name, shape));
  }

  private static Message value(String name, int... shape) {
    Message dims = new Message();
    for (int size : shape) {
      dims.message(1, new Message().number(1, size));
    }
    Message tensor = new Message().number(1, FLOAT).message(2, dims);
    return new Message().text(1, name).message(2, new Message().message(1, tensor));
  }

  /** Adds a constant of floats; gives its name. */
  String constant(float[] values, int... shape) {
    ByteBuffer raw =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(values);
    return constant(FLOAT, raw.array(), shape);
  }

  /** Adds a constant vector of whole numbers; gives its name. */
  String constant(long... values) {
    ByteBuffer raw = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    raw.asLongBuffer().put(values);
    return constant(INT64, raw.array(), values.length);
  }

  private String constant(int type, byte[] raw, int... shape) {
    String name = "c" + names++;
    Message tensor = new Message();
    for (int size : shape) {
      tensor.number(1, size);
    }
    graph.message(5, tensor.number(2, type).text(8, name).bytes(9, raw));
    return name;
  }

  /** Adds a node with one output; gives the output's name. */
  String node(String operator, Attribute attribute, String... inputs) {
    return nodes(operator, 1, attribute, inputs)[0];
  }

  /** Adds a node with some outputs; gives their names. */
  String[] nodes(String operator, int outputs, Attribute attribute, String... inputs) {
    Message node = new Message();
    for (String input : inputs) {
      node.text(1, input);
    }
    String[] results = new String[outputs];
    for (int i = 0; i < outputs; i++) {
      results[i] = "v" + names++;
      node.text(2, results[i]);
    }
    node.text(3, "n" + names++).text(4, operator);
    if (attribute != null) {
      node.message(
          5,
          new Message()
              .text(1, attribute.name())
              .number(3, attribute.value())
              .number(20, ATTRIBUTE_INT));
    }
    graph.message(1, node);
    return results;
  }

  /** The finished model. */
  byte[] bytes() {
    graph.text(2, "network");
    Message operators = new Message().text(1, "").number(2, OPERATOR_SET);
    return new Message()
        .number(1, IR_VERSION)
        .text(2, "kindred")
        .message(7, graph)
        .message(8, operators)
        .bytes
        .toByteArray();
  }
}
