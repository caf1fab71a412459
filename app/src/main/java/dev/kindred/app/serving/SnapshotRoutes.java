package dev.kindred.app.serving;

import dev.kindred.app.http.Refusal;
import dev.kindred.app.http.Reply;
import dev.kindred.app.http.Request;
import dev.kindred.engine.data.InputException;
import dev.kindred.engine.data.Note;
import dev.kindred.engine.serve.Recommender;
import dev.kindred.engine.snapshot.Manifest;
import dev.kindred.index.file.CorruptFileException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

/**
 * {@code /v1/snapshot}, {@code /v1/snapshots}: what is served, and going over to the next. Free to
 * share.
 */
final class SnapshotRoutes {
  private final Recommender recommender;
  private final OtherSnapshots others;
  private final LongAdder refusals = new LongAdder();

  SnapshotRoutes(Recommender recommender, OtherSnapshots others) {
    this.recommender = recommender;
    this.others = others;
  }

  /** Name of the snapshot that answers now. */
  String name() {
    return recommender.directory().getFileName().toString();
  }

  /** A snapshot named by CURRENT couldn't be opened, or memory is too small for it. */
  void refused() {
    refusals.increment();
  }

  /** Times that {@link #refused} was told. */
  long refusals() {
    return refusals.sum();
  }

  /** {@code GET /v1/snapshot}: the one that is served. */
  Reply snapshot(Request request, Desk desk) throws IOException {
    request.query().only(Set.of());
    Manifest manifest = recommender.manifest();
    Map<String, Object> said = new LinkedHashMap<>();
    said.put("name", name());
    said.put("created", manifest.provenance().created().toString());
    said.put("libraryVersion", manifest.provenance().libraryVersion());
    said.put("items", manifest.items());
    said.put("listLength", manifest.listLength());
    said.put("catalogue", manifest.catalogue());
    said.put("recommends", recommender.canRecommend());
    said.put("fields", recommender.profileFields());
    said.put("metrics", manifest.metrics());
    said.put("notes", Note.texts(manifest.notes()));
    said.put("warnings", Note.warnings(manifest.notes()));
    return desk.json().reply(out -> out.writePOJO(said));
  }

  /** {@code GET /v1/snapshots}: the names of those beside it too. */
  Reply snapshots(Request request, Desk desk) throws IOException {
    request.query().only(Set.of());
    Map<String, Object> said = new LinkedHashMap<>();
    said.put("current", name());
    said.put("snapshots", others.names());
    return desk.json().reply(out -> out.writePOJO(said));
  }

  /** {@code POST /v1/snapshot/refresh}: looks at CURRENT now. */
  Reply refresh(Request request, Desk desk) {
    request.query().only(Set.of());
    boolean swapped;
    try {
      swapped = recommender.refresh();
    } catch (IOException | CorruptFileException | InputException | IllegalArgumentException e) {
      refused();
      throw new Refusal(
          409, "snapshot-refused", "the old snapshot is served on: " + e.getMessage());
    }
    return desk.json()
        .reply(
            out -> {
              out.writeStartObject();
              out.writeBooleanField("swapped", swapped);
              out.writeStringField("snapshot", name());
              out.writeEndObject();
            });
  }
}
