package dev.kindred.engine.content;

import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.FieldSpec;
import dev.kindred.index.file.CheckedFileWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Writes {@code gate.kgate}, which {@link ContentGate} draws: the vectors of all profiles, which
 * profiles have each dimension, and what makes a vector of a new profile. Stateless.
 */
final class GateWriter {
  private GateWriter() {}

  static void write(Path path, Catalogue catalogue, ContentOptions options) throws IOException {
    ProfileVectors vectors = ProfileVectors.of(catalogue, options);
    int profiles = vectors.profiles();
    try (CheckedFileWriter out =
        CheckedFileWriter.create(path, ContentGate.KIND, ContentGate.VERSION)) {
      out.writeDouble(options.threshold());
      out.writeDouble(options.floor());
      out.writeDouble(options.step());
      out.writeDouble(options.minCandidates());
      out.writeDouble(options.maxPerItem());
      for (int p = 0; p < profiles; p++) {
        out.writeDouble(vectors.square(p));
      }
      int members = 0;
      for (int item = 0; item < vectors.items(); item++) {
        out.writeInt(vectors.profileOf(item));
        members += vectors.profileOf(item) >= 0 ? 1 : 0;
      }
      out.writeInt(0);
      for (int p = 0; p < profiles; p++) {
        out.writeInt(vectors.memberEnd(p));
      }
      for (int i = 0; i < members; i++) {
        out.writeInt(vectors.member(i));
      }
      out.writeInt(0);
      for (int p = 0; p < profiles; p++) {
        out.writeInt(vectors.end(p));
      }
      for (int i = 0; i < vectors.entries(); i++) {
        out.writeInt(vectors.dimension(i));
      }
      for (int i = 0; i < vectors.entries(); i++) {
        out.writeFloat(vectors.weight(i));
      }
      writePostings(out, vectors);
      int values = writeValues(out, catalogue, options, vectors);
      out.count(0, vectors.items());
      out.count(1, profiles);
      out.count(2, vectors.entries());
      out.count(3, members);
      out.count(4, vectors.dimensionCount());
      out.count(5, textFields(catalogue).length);
      out.count(6, values);
      out.count(7, options.balanceFields() ? 1 : 0);
      out.commit();
    }
  }

  private static void writePostings(CheckedFileWriter out, ProfileVectors vectors)
      throws IOException {
    int[] starts = new int[vectors.dimensionCount() + 1];
    for (int i = 0; i < vectors.entries(); i++) {
      starts[vectors.dimension(i) + 1]++;
    }
    for (int d = 0; d < vectors.dimensionCount(); d++) {
      starts[d + 1] += starts[d];
    }
    int[] postings = new int[vectors.entries()];
    int[] next = starts.clone();
    for (int p = 0; p < vectors.profiles(); p++) {
      for (int i = vectors.start(p); i < vectors.end(p); i++) {
        postings[next[vectors.dimension(i)]++] = p;
      }
    }
    out.writeInts(starts, 0, starts.length);
    out.writeInts(postings, 0, postings.length);
  }

  /** What turns a new profile into a vector; returns the number of values. */
  private static int writeValues(
      CheckedFileWriter out, Catalogue catalogue, ContentOptions options, ProfileVectors vectors)
      throws IOException {
    int[] fields = textFields(catalogue);
    int[] dimensionField = new int[vectors.dimensionCount()];
    int[] valueDimension = new int[0];
    for (int f = 0; f < fields.length; f++) {
      int before = valueDimension.length;
      int[] own = vectors.dimensionsOf(fields[f]);
      valueDimension = Arrays.copyOf(valueDimension, Math.addExact(before, own.length));
      System.arraycopy(own, 0, valueDimension, before, own.length);
      for (int dimension : own) {
        if (dimension >= 0) {
          dimensionField[dimension] = f;
        }
      }
    }
    for (int d = 0; d < dimensionField.length; d++) {
      out.writeFloat(vectors.valueWeight(d));
    }
    out.writeInts(dimensionField, 0, dimensionField.length);
    for (int field : fields) {
      out.writeDouble(ProfileVectors.fieldWeight(catalogue.fields().get(field), options));
    }
    out.writeInts(valueDimension, 0, valueDimension.length);
    return valueDimension.length;
  }

  /** Places of the fields of text in the catalogue: those that profile tables number values of. */
  private static int[] textFields(Catalogue catalogue) {
    int[] fields = new int[catalogue.fields().size()];
    int count = 0;
    for (int f = 0; f < fields.length; f++) {
      if (catalogue.fields().get(f).kind() != FieldSpec.Kind.NUMERIC) {
        fields[count++] = f;
      }
    }
    return Arrays.copyOf(fields, count);
  }
}
