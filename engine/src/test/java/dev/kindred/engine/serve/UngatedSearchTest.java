package dev.kindred.engine.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.content.CandidateSource;
import dev.kindred.engine.related.Channel;
import dev.kindred.engine.related.RelatedScorer;
import dev.kindred.engine.snapshot.TinyWorld;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests that look at all items, against scores of all of them. */
class UngatedSearchTest {
  @TempDir Path directory;
  private final TinyWorld world = new TinyWorld();
  private final InMemoryLiveState live = new InMemoryLiveState();
  private Recommender recommender;

  private record Scored(int item, float score) {}

  @BeforeEach
  void open() throws IOException {
    recommender = Recommender.open(world.write(directory.resolve("snap")), live);
  }

  @AfterEach
  void close() {
    recommender.close();
  }

  @Test
  void ungatedListsAreTheBestOfAllItemsWithExactScores() {
    double[] manual = {0.5, 2, 0.7};
    for (int item = 0; item < TinyWorld.ITEMS; item++) {
      List<Scored> expected = all(item, manual);
      List<RelatedItem> found =
          recommender
              .related(
                  RelatedQuery.item(TinyWorld.idOf(item))
                      .top(12)
                      .weight("click", 0.5)
                      .weight("watch time/share", 2)
                      .ungated())
              .items();
      assertEquals(12, found.size());
      for (int rank = 0; rank < 12; rank++) {
        assertEquals(TinyWorld.idOf(expected.get(rank).item()), found.get(rank).id());
        assertEquals(expected.get(rank).score(), found.get(rank).score());
      }
    }
  }

  @Test
  void itemsBehindTheGateAreNamedSo() {
    RelatedQuery query = RelatedQuery.item("104").top(59).ungated().explain();
    int behind = 0;
    for (RelatedItem item : recommender.related(query).items()) {
      boolean candidate = item.explanation().orElseThrow().candidate().isPresent();
      assertEquals(candidate, item.source() != CandidateSource.VECTORS);
      behind += candidate ? 0 : 1;
    }
    assertTrue(behind > 0);
  }

  @Test
  void hiddenExcludedAndFilteredItemsStayOutWithoutTheGateToo() {
    RelatedQuery query = RelatedQuery.item("104").top(5).ungated();
    List<RelatedItem> before = recommender.related(query).items();
    live.hide(before.get(0).id());
    List<RelatedItem> after =
        recommender
            .related(
                query
                    .exclude(before.get(1).id())
                    .filter(ItemFilter.where("type = 'série'"))
                    .top(59))
            .items();
    assertFalse(after.isEmpty());
    for (RelatedItem item : after) {
      assertFalse(item.id().equals(before.get(0).id()) || item.id().equals(before.get(1).id()));
      assertEquals(List.of("série"), recommender.profile(item.id()).get("type"));
    }
  }

  @Test
  void vectorOfAChannelFindsTheNearestCosines() {
    Channel channel = world.scorer().parts(0).get(1).channel();
    float[] vector = new float[channel.dim()];
    channel.copyRow(7, vector);
    SimilarAnswer answer =
        recommender.similar(SimilarQuery.channel("click", Channel.Kind.NON_LINEAR, vector).top(10));
    assertEquals("107", answer.items().getFirst().id());
    assertEquals(1, answer.items().getFirst().score(), 1e-5);
    List<Scored> expected = new ArrayList<>();
    for (int item = 0; item < TinyWorld.ITEMS; item++) {
      if (channel.has(item)) {
        expected.add(new Scored(item, channel.cosine(7, item)));
      }
    }
    expected.sort((a, b) -> Float.compare(b.score(), a.score()));
    for (int rank = 0; rank < 10; rank++) {
      assertEquals(TinyWorld.idOf(expected.get(rank).item()), answer.items().get(rank).id());
    }
  }

  @Test
  void itemsWithoutTheChannelAreNotSimilar() {
    Channel channel = world.scorer().parts(0).get(0).channel();
    float[] vector = new float[channel.dim()];
    vector[0] = 1;
    SimilarAnswer answer =
        recommender.similar(SimilarQuery.channel("click", Channel.Kind.LINEAR, vector).top(60));
    assertFalse(answer.items().isEmpty());
    for (SimilarAnswer.Item item : answer.items()) {
      assertTrue(channel.has(recommender.ordinalOf(item.id())), item.id());
    }
  }

  @Test
  void wholeVectorIsWeighedByItsLengths() {
    int dim = recommender.channels().stream().mapToInt(channel -> channel.dim()).sum();
    float[] whole = new float[dim];
    int at = 0;
    for (int k = 0; k < 3; k++) {
      for (RelatedScorer.Part part : world.scorer().parts(k)) {
        if (part.channel().kind() != Channel.Kind.PRIOR) {
          float[] row = new float[part.channel().dim()];
          part.channel().copyRow(8, row);
          System.arraycopy(row, 0, whole, at, row.length);
          at += row.length;
        }
      }
    }
    SimilarAnswer answer = recommender.similar(SimilarQuery.vector(whole).top(3).exclude("108"));
    assertEquals(3, answer.items().size());
    assertFalse(answer.items().stream().anyMatch(item -> item.id().equals("108")));
    assertEquals("108", recommender.similar(SimilarQuery.vector(whole)).items().getFirst().id());
  }

  @Test
  void vectorsOfTheWrongLengthAndUnknownChannelsAreRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> recommender.similar(SimilarQuery.vector(new float[3])));
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    recommender.similar(
                        SimilarQuery.channel("clack", Channel.Kind.LINEAR, new float[3])))
            .getMessage();
    assertTrue(message.contains("no channel 'clack'") && message.contains("click"), message);
  }

  private List<Scored> all(int source, double[] manual) {
    List<Scored> scored = new ArrayList<>();
    RelatedScorer.Scratch scratch = world.scorer().newScratch(1);
    float[] score = new float[1];
    for (int item = 0; item < TinyWorld.ITEMS; item++) {
      if (item != source) {
        world.scorer().score(source, new int[] {item}, 1, manual, score, scratch);
        scored.add(new Scored(item, score[0]));
      }
    }
    scored.sort(
        (a, b) ->
            a.score() != b.score()
                ? Float.compare(b.score(), a.score())
                : Integer.compare(a.item(), b.item()));
    return scored;
  }
}
