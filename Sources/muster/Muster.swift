import MusterCommands

@main
struct Muster {
    static func main() async { await MusterMain.run() }
}
