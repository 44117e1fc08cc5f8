import type { Product } from '../product.ts'
import type { ProductName } from '../settings.ts'
import { apache } from './apache.ts'
import { iis } from './iis.ts'
import { nginx } from './nginx.ts'

const products: Readonly<Record<ProductName, Product>> = { nginx, apache, iis }

export const productOf = (name: ProductName): Product => products[name]
