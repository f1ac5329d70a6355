@main struct DatasetBenchmark { static func main() {} }
