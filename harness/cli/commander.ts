/** The command-line parser: this file alone imports it. */
export { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander'
