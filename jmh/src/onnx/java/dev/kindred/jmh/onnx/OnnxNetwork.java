package dev.kindred.jmh.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A model in ONNX Runtime as a careful Java program runs it: one thread, all graph optimisations,
 * input and output tensors over direct buffers made once and used for every run.
 *
 * <p>For one thread at a time.
 */
final class OnnxNetwork implements AutoCloseable {
  private static final OrtEnvironment ENVIRONMENT = OrtEnvironment.getEnvironment();

  private final OrtSession.SessionOptions options;
  private final OrtSession session;
  private final Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
  private final Map<String, OnnxTensor> outputs = new LinkedHashMap<>();
  private final FloatBuffer output;

  /**
   * @param inputs by name, in the model's shapes
   */
  OnnxNetwork(byte[] model, Map<String, Tensor> inputs, String outputName, int... outputShape) {
    try {
      options = new OrtSession.SessionOptions();
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
      session = ENVIRONMENT.createSession(model, options);
      for (Map.Entry<String, Tensor> input : inputs.entrySet()) {
        Tensor tensor = input.getValue();
        FloatBuffer buffer = direct(tensor.values.length);
        buffer.put(0, tensor.values);
        this.inputs.put(input.getKey(), tensor(buffer, tensor.shape));
      }
      int size = 1;
      for (int n : outputShape) {
        size *= n;
      }
      output = direct(size);
      outputs.put(outputName, tensor(output, outputShape));
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime refused the model", e);
    }
  }

  /** Values of an input, row-major. */
  static final class Tensor {
    private final float[] values;
    private final int[] shape;

    Tensor(float[] values, int... shape) {
      this.values = values;
      this.shape = shape;
    }
  }

  private static FloatBuffer direct(int size) {
    return ByteBuffer.allocateDirect(size * Float.BYTES)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  private static OnnxTensor tensor(FloatBuffer buffer, int... shape) throws OrtException {
    long[] sizes = new long[shape.length];
    for (int i = 0; i < shape.length; i++) {
      sizes[i] = shape[i];
    }
    return OnnxTensor.createTensor(ENVIRONMENT, buffer, sizes);
  }

  static String version() {
    return ENVIRONMENT.getVersion();
  }

  /** Computes the output from the inputs. */
  void run() {
    try (OrtSession.Result result = session.run(inputs, outputs)) {
      if (result.size() != 1) {
        throw new IllegalStateException("expected one output, got " + result.size());
      }
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime failed", e);
    }
  }

  /** A copy of what the last run computed. */
  float[] output() {
    float[] values = new float[output.capacity()];
    output.get(0, values);
    return values;
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime failed to close", e);
    }
    options.close();
    inputs.values().forEach(OnnxTensor::close);
    outputs.values().forEach(OnnxTensor::close);
  }
}
