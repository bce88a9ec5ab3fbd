from yellowbus.cli.main import main

main()
