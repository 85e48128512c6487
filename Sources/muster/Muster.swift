@main struct Muster { static func main() {} }
