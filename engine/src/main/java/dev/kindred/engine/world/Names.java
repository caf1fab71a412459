package dev.kindred.engine.world;

import java.util.List;

/** Words that make a simulated catalogue readable. */
final class Names {
  static final List<String> TYPES =
      List.of(
          "comedy",
          "horror",
          "drama",
          "action",
          "documentary",
          "music",
          "cooking",
          "travel",
          "gaming",
          "science",
          "sport",
          "romance");

  /** Eight tags of each type, in the order of {@link #TYPES}. */
  static final List<List<String>> TAGS =
      List.of(
          List.of(
              "stand-up", "sketch", "parody", "prank", "office", "family", "satire", "slapstick"),
          List.of("ghost", "slasher", "haunted", "zombie", "cabin", "curse", "monster", "asylum"),
          List.of(
              "courtroom",
              "hospital",
              "betrayal",
              "inheritance",
              "prison",
              "school",
              "exile",
              "war"),
          List.of("heist", "chase", "spy", "martial-arts", "pirate", "rescue", "hijack", "duel"),
          List.of(
              "wildlife",
              "history",
              "biography",
              "ocean",
              "crime-files",
              "factory",
              "archive",
              "city"),
          List.of("live", "cover", "guitar", "piano", "orchestra", "remix", "festival", "choir"),
          List.of("baking", "street-food", "vegan", "grill", "soup", "knife", "market", "dessert"),
          List.of(
              "train", "island", "backpack", "mountain", "desert", "camping", "border", "ferry"),
          List.of(
              "speedrun", "strategy", "puzzle", "racing", "retro", "survival", "co-op", "review"),
          List.of("space", "physics", "brain", "robot", "chemistry", "climate", "fossil", "math"),
          List.of("football", "climbing", "boxing", "cycling", "surf", "chess", "marathon", "judo"),
          List.of("wedding", "letters", "summer", "rivals", "reunion", "paris", "dance", "secret"));

  static final List<String> STYLES =
      List.of(
          "dark",
          "dry",
          "warm",
          "slow",
          "fast",
          "quiet",
          "loud",
          "absurd",
          "bleak",
          "bright",
          "tense",
          "gentle",
          "raw",
          "polished",
          "epic",
          "intimate",
          "nostalgic",
          "futuristic",
          "minimal",
          "baroque",
          "witty",
          "solemn",
          "gritty",
          "dreamy");

  static final List<String> COUNTRIES = List.of("BR", "DE", "FR", "IN", "JP", "US");
  static final List<String> DEVICES = List.of("phone", "tablet", "tv", "desktop");
  static final List<String> GENDERS = List.of("f", "m", "x");

  private static final String[] ADJECTIVES = {
    "Midnight",
    "Silent",
    "Crimson",
    "Hollow",
    "Golden",
    "Broken",
    "Distant",
    "Hidden",
    "Electric",
    "Paper",
    "Frozen",
    "Wild",
    "Last",
    "Second",
    "Lost",
    "Velvet",
    "Iron",
    "Glass",
    "Northern",
    "Little",
    "Savage",
    "Endless",
    "Borrowed",
    "Crooked",
    "Open",
    "Secret",
    "Burning",
    "Blue",
    "Restless",
    "Lucky",
    "Stolen",
    "Quiet",
    "Seventh",
    "Wooden",
    "Sunday",
    "Foreign",
    "Perfect",
    "Bitter",
    "Simple",
    "Grand"
  };
  private static final String[] NOUNS = {
    "Harbor", "Kitchen", "Signal", "Garden", "River", "Machine", "Window", "Summer", "Station",
    "Forest", "Orchestra", "Road", "Mirror", "Island", "Circus", "Letter", "Tower", "Engine",
    "Valley", "Neighbor", "Market", "Shadow", "Planet", "Carnival", "Bridge", "Lantern", "Ocean",
    "Promise", "Desert", "Theater", "Compass", "Winter", "Recipe", "Arena", "Empire", "Diary",
    "Highway", "Museum", "Voyage", "Choir", "Mountain", "Robot", "Wedding", "Detective", "Storm",
    "Village", "Dragon", "Library", "Clock", "Secret"
  };
  private static final String[] FIRST = {
    "Ada", "Bruno", "Chiara", "Dario", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Keiko",
    "Luca", "Mira", "Nadia", "Omar", "Petra", "Quentin", "Rosa", "Samir", "Tara", "Ugo", "Vera",
    "Wanda", "Xenia", "Yusuf", "Zoe", "Anton", "Bea", "Carlos", "Dina", "Emil", "Flora", "Gita",
    "Henrik", "Ilse", "Jun", "Klara", "Leif", "Marta", "Nils"
  };
  private static final String[] LAST = {
    "Abel", "Brandt", "Costa", "Diaz", "Endo", "Fischer", "Garcia", "Haddad", "Ivanova", "Jensen",
    "Kovacs", "Lindqvist", "Moreau", "Novak", "Okafor", "Park", "Quinn", "Rossi", "Sato", "Tanaka",
    "Ueda", "Varga", "Weber", "Ximenes", "Yilmaz", "Zhang", "Almeida", "Bauer", "Cohen", "Dubois",
    "Evans", "Ferrari", "Gupta", "Hansen", "Ito", "Jansen", "Kaya", "Lopez", "Mehta", "Nguyen"
  };

  private Names() {}

  /** A title for each number; those past 2,000 carry a number of their own. */
  static String title(int n) {
    return combined(ADJECTIVES, NOUNS, n);
  }

  /** An actor for each number; those past 1,600 carry a number of their own. */
  static String actor(int n) {
    return combined(FIRST, LAST, n);
  }

  private static String combined(String[] first, String[] second, int n) {
    int combinations = first.length * second.length;
    int round = n / combinations;
    // A step without a common factor with the number of combinations visits each of them once.
    int i = (int) (n % combinations * 1237L % combinations);
    String name = first[i / second.length] + " " + second[i % second.length];
    return round == 0 ? name : name + " " + (round + 1);
  }
}
