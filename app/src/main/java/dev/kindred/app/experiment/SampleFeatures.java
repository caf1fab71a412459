package dev.kindred.app.experiment;

import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.FieldSpec;
import dev.kindred.engine.nn.Feature;
import dev.kindred.engine.nn.FeatureTable;
import dev.kindred.engine.nn.Quantiles;
import java.util.ArrayList;
import java.util.List;

/**
 * Pairs of a user and an item as rows of features: both ids and both profiles. Tables made by one
 * object share their features, so what one trains another can be predicted from. Immutable.
 */
final class SampleFeatures {
  private final Side users;
  private final Side items;

  SampleFeatures(Catalogue users, Catalogue items) {
    this.users = new Side("user", users);
    this.items = new Side("item", items);
  }

  /** A row for each pair. */
  FeatureTable table(int[] user, int[] item) {
    FeatureTable.Builder builder = FeatureTable.builder(user.length);
    users.add(builder, user);
    items.add(builder, item);
    return builder.build();
  }

  private static final class Side {
    final Catalogue catalogue;
    final Feature id;
    final List<Feature> features = new ArrayList<>();
    final List<Integer> fields = new ArrayList<>();

    Side(String name, Catalogue catalogue) {
      this.catalogue = catalogue;
      int rows = catalogue.ids().size();
      id = Feature.id(name, rows);
      for (int f = 0; f < catalogue.fields().size(); f++) {
        FieldSpec field = catalogue.fields().get(f);
        String full = name + " " + field.name();
        if (field.kind() == FieldSpec.Kind.NUMERIC) {
          float[] numbers = new float[rows];
          for (int row = 0; row < rows; row++) {
            numbers[row] = catalogue.number(f, row);
          }
          features.add(Feature.numeric(full, Quantiles.fit(numbers)));
          fields.add(f);
        } else if (field.weight() > 0) { // weight 0: a title, which tells every item apart
          features.add(Feature.categorical(full, catalogue.vocabulary(f).size()));
          fields.add(f);
        }
      }
    }

    void add(FeatureTable.Builder builder, int[] rows) {
      builder.single(id, rows);
      for (int i = 0; i < features.size(); i++) {
        int field = fields.get(i);
        if (features.get(i).kind() == Feature.Kind.NUMERIC) {
          float[] numbers = new float[rows.length];
          for (int row = 0; row < rows.length; row++) {
            numbers[row] = catalogue.number(field, rows[row]);
          }
          builder.numeric(features.get(i), numbers);
        } else {
          int[] starts = new int[rows.length + 1];
          for (int row = 0; row < rows.length; row++) {
            int count =
                catalogue.valueEnd(field, rows[row]) - catalogue.valueStart(field, rows[row]);
            starts[row + 1] = starts[row] + count;
          }
          int[] values = new int[starts[rows.length]];
          for (int row = 0; row < rows.length; row++) {
            int from = catalogue.valueStart(field, rows[row]);
            for (int at = starts[row]; at < starts[row + 1]; at++) {
              values[at] = catalogue.value(from + at - starts[row]);
            }
          }
          builder.multiple(features.get(i), starts, values);
        }
      }
    }
  }
}
