// Builds and searches hnswlib on behalf of the comparison, so that it is measured beside the others on the same
// vectors.
//
//   hnswlib_driver BASE QUERIES DIM METRIC GRAPH M EF_CONSTRUCTION THREADS
//
// BASE and QUERIES hold little-endian floats, row by row; METRIC is dot or l2 (cosine: dot of unit rows). GRAPH is read
// if it exists, else built on THREADS threads and written there. Then one line "ready SECONDS CPU_SECONDS" of the build
// is printed (0 if it was read), and every line "EF K" on standard input is answered by a search of all queries on this one thread: for each
// query K 32-bit row numbers, best first, -1 where there are fewer; as many distances (32-bit floats); for each query its
// nanoseconds (64 bits); and the processor time of all of them, in nanoseconds too. Ends with its input.
#include <hnswlib/hnswlib.h>
#include <sys/stat.h>
#include <time.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

std::vector<float> read_floats(const std::string& path) {
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  if (!in) {
    throw std::runtime_error("cannot read " + path);
  }
  std::vector<float> values(static_cast<size_t>(in.tellg()) / sizeof(float));
  in.seekg(0);
  in.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(float)));
  return values;
}

bool exists(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0;
}

void build(hnswlib::HierarchicalNSW<float>& graph, const std::vector<float>& base, size_t dim, int threads) {
  const size_t rows = base.size() / dim;
  // The first row alone: hnswlib's threads all start from its entry point.
  graph.addPoint(base.data(), 0);
  std::atomic<size_t> next{1};
  std::vector<std::thread> team;
  for (int t = 0; t < threads; t++) {
    team.emplace_back([&] {
      for (size_t row = next++; row < rows; row = next++) {
        graph.addPoint(base.data() + row * dim, row);
      }
    });
  }
  for (auto& thread : team) {
    thread.join();
  }
}

int64_t cpu_nanos(clockid_t clock) {
  timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec * int64_t{1000000000} + now.tv_nsec;
}

template <typename T>
void write(const T* values, size_t count) {
  std::cout.write(reinterpret_cast<const char*>(values), static_cast<std::streamsize>(count * sizeof(T)));
}

int run(int argc, char** argv) {
  if (argc != 9) {
    std::cerr << "usage: hnswlib_driver BASE QUERIES DIM METRIC GRAPH M EF_CONSTRUCTION THREADS\n";
    return 2;
  }
  const size_t dim = std::stoul(argv[3]);
  const std::string metric = argv[4];
  const std::string path = argv[5];
  std::unique_ptr<hnswlib::SpaceInterface<float>> space;
  if (metric == "l2") {
    space.reset(new hnswlib::L2Space(dim));
  } else {
    space.reset(new hnswlib::InnerProductSpace(dim));
  }
  const std::vector<float> queries = read_floats(argv[2]);
  const size_t count = queries.size() / dim;

  std::unique_ptr<hnswlib::HierarchicalNSW<float>> graph;
  double seconds = 0;
  double cpu_seconds = 0;
  if (!exists(path)) {
    const std::vector<float> base = read_floats(argv[1]);
    graph.reset(new hnswlib::HierarchicalNSW<float>(space.get(), base.size() / dim, std::stoul(argv[6]),
                                                    std::stoul(argv[7])));
    const int64_t cpu_begun = cpu_nanos(CLOCK_PROCESS_CPUTIME_ID);
    const auto begun = Clock::now();
    build(*graph, base, dim, std::stoi(argv[8]));
    seconds = std::chrono::duration<double>(Clock::now() - begun).count();
    cpu_seconds = static_cast<double>(cpu_nanos(CLOCK_PROCESS_CPUTIME_ID) - cpu_begun) / 1e9;
    graph->saveIndex(path + ".tmp");
    if (std::rename((path + ".tmp").c_str(), path.c_str()) != 0) {
      throw std::runtime_error("cannot write " + path);
    }
    graph.reset();
  }
  graph.reset(new hnswlib::HierarchicalNSW<float>(space.get(), path));
  std::cout << "ready " << seconds << ' ' << cpu_seconds << std::endl;

  size_t ef;
  size_t k;
  while (std::cin >> ef >> k) {
    graph->setEf(ef);
    std::vector<int32_t> found(count * k, -1);
    std::vector<float> distances(count * k);
    std::vector<int64_t> nanos(count);
    const int64_t cpu_begun = cpu_nanos(CLOCK_THREAD_CPUTIME_ID);
    for (size_t q = 0; q < count; q++) {
      const auto begun = Clock::now();
      auto result = graph->searchKnn(queries.data() + q * dim, k);
      nanos[q] = std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - begun).count();
      for (size_t rank = result.size(); rank-- > 0; result.pop()) {
        found[q * k + rank] = static_cast<int32_t>(result.top().second);
        distances[q * k + rank] = result.top().first;
      }
    }
    const int64_t cpu = cpu_nanos(CLOCK_THREAD_CPUTIME_ID) - cpu_begun;
    write(found.data(), found.size());
    write(distances.data(), distances.size());
    write(nanos.data(), nanos.size());
    write(&cpu, 1);
    std::cout.flush();
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& e) {
    std::cerr << "hnswlib_driver: " << e.what() << '\n';
    return 1;
  }
}
